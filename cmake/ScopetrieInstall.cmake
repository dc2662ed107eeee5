# Headers, core sources and the CMake package; under scopetrie/ of the wheel, or the usual places of a prefix.
