"""Programs that say `import tensorflow as tf` run as they are, without TensorFlow."""
