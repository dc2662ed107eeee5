// All that a C++ program needs of scopetrie: graphs with names, variables and operations, stores of variables with
// their values, and the scopes of TensorFlow 1.
//
// docs/cpp.md is a tutorial.
#pragma once

#include "scopetrie/error.hpp"
#include "scopetrie/graph/attribute.hpp"
#include "scopetrie/graph/graph.hpp"
#include "scopetrie/graph/handles.hpp"
#include "scopetrie/graph/kinds.hpp"
#include "scopetrie/names/name_writer.hpp"
#include "scopetrie/scopes/context.hpp"
#include "scopetrie/scopes/native_host.hpp"
#include "scopetrie/scopes/open_scopes.hpp"
#include "scopetrie/shapes/dtype.hpp"
#include "scopetrie/values/store.hpp"
#include "scopetrie/variables/variable_options.hpp"
#include "scopetrie/version.hpp"
