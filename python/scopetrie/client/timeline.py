"""v1's `tensorflow.python.client.timeline`: the timeline of a run, to view in a browser.

Example:
    >>> import json
    >>> import scopetrie as tf
    >>> from scopetrie.client import timeline
    >>> options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    >>> metadata = tf.RunMetadata()
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     x = tf.placeholder(tf.float32)
    ...     value = session.run(tf.exp(x) + x, {x: [0.0]}, options, metadata)
    >>> text = timeline.Timeline(metadata.step_stats).generate_chrome_trace_format()
    >>> [event["name"] for event in json.loads(text)["traceEvents"] if event["ph"] == "X"]
    ['Exp', 'AddV2']

Write the text to a file and open it in https://ui.perfetto.dev or chrome://tracing.
"""

from __future__ import annotations

from ..execution import Timeline

__all__ = ["Timeline"]
