/* scopetrie's C interface: a table of functions that makes scopes, names, variables and operations in a graph, and
 * variables with their elements in a store.
 *
 * A Python extension gets the table from the capsule scopetrie._core.C_API and works on graphs that Python made:
 *
 *     const scopetrie_api* api = (const scopetrie_api*)PyCapsule_Import("scopetrie._core.C_API", 0);
 *     if (api == NULL || !SCOPETRIE_API_HAS(api, operation_to_object)) return NULL;
 *
 * A program without Python links the core and calls scopetrie_get_api(). scopetrie_api.hpp is a C++ shim.
 *
 * Compatibility: functions are only added, at the table's end. `size` says how far a table reaches; `version` grows
 * where a function that was there changes. A structure that a caller fills begins with its size, too: what is beyond
 * it, and what is zero, is left out.
 *
 * Errors: a function gives SCOPETRIE_OK or an error's number, or a null pointer, and last_error() says more. Nothing
 * throws across this interface, neither exceptions of C++ nor, but for the functions that end in _object, Python's.
 *
 * Texts that functions give belong to the library and last until this thread's next call that gives one.
 *
 * Threads: a context belongs to one thread. Each function takes the graph's lock, which is Python's (the GIL, or the
 * package's lock where there is none) in a Python process. So a thread needs no GIL; lock() takes it once for many
 * calls. In a program without Python there is no lock: one thread writes, or many read. */
#ifndef SCOPETRIE_H
#define SCOPETRIE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SCOPETRIE_API_VERSION 1
#define SCOPETRIE_API_CAPSULE "scopetrie._core.C_API"
/* Whether a table has a function. */
#define SCOPETRIE_API_HAS(api, function) \
  ((api)->version == SCOPETRIE_API_VERSION && (api)->size > offsetof(scopetrie_api, function))

enum {
  SCOPETRIE_OK = 0,
  /* The class that v1 raises. */
  SCOPETRIE_VALUE_ERROR,
  SCOPETRIE_TYPE_ERROR,
  SCOPETRIE_RUNTIME_ERROR,
  SCOPETRIE_KEY_ERROR,
  SCOPETRIE_INDEX_ERROR,
  SCOPETRIE_ATTRIBUTE_ERROR,
  SCOPETRIE_LOOKUP_ERROR,
  SCOPETRIE_ASSERTION_ERROR,
  SCOPETRIE_NOT_IMPLEMENTED_ERROR,
  SCOPETRIE_MEMORY_ERROR,
  SCOPETRIE_OVERFLOW_ERROR,
  SCOPETRIE_OTHER_ERROR
};

typedef struct scopetrie_error {
  int32_t code;
  const char* message;   /* v1's text */
  const char* call;      /* the public function: "get_variable"; "" where there is none, as for the others */
  const char* full_name; /* of the variable, scope or operation */
  const char* asked;
  const char* found;
} scopetrie_error;

/* A graph, with a reference that graph_release() gives back; where a thread stands in it; a scope that was captured. */
typedef struct scopetrie_graph scopetrie_graph;
typedef struct scopetrie_context scopetrie_context;
typedef struct scopetrie_scope scopetrie_scope;
typedef struct scopetrie_transaction scopetrie_transaction;

/* Values; valid while their graph is there, and refused where what they mean was undone. */
typedef struct scopetrie_tensor {
  const void* graph;
  uint32_t id, epoch;
} scopetrie_tensor;
typedef struct scopetrie_operation {
  const void* graph;
  uint32_t id, epoch;
} scopetrie_operation;
typedef struct scopetrie_variable {
  const void* graph;
  uint32_t id, epoch;
} scopetrie_variable;

/* A store: variables with elements and no operations; a reference, as for graphs. A variable of one, as above. Elements
 * that somebody looks at. */
typedef struct scopetrie_store scopetrie_store;
typedef struct scopetrie_store_variable {
  const void* store;
  uint32_t id, epoch;
} scopetrie_store_variable;
typedef struct scopetrie_view scopetrie_view;

/* The numbers of v1's DataType. */
enum {
  SCOPETRIE_FLOAT32 = 1,
  SCOPETRIE_FLOAT64 = 2,
  SCOPETRIE_INT32 = 3,
  SCOPETRIE_UINT8 = 4,
  SCOPETRIE_INT16 = 5,
  SCOPETRIE_INT8 = 6,
  SCOPETRIE_STRING = 7,
  SCOPETRIE_INT64 = 9,
  SCOPETRIE_BOOL = 10,
  SCOPETRIE_BFLOAT16 = 14,
  SCOPETRIE_UINT16 = 17,
  SCOPETRIE_FLOAT16 = 19,
  SCOPETRIE_UINT32 = 22,
  SCOPETRIE_UINT64 = 23
};

enum { SCOPETRIE_NO_REUSE = 0, SCOPETRIE_REUSE = 1, SCOPETRIE_AUTO_REUSE = 2 };

/* What a variable is set to at first. */
enum {
  SCOPETRIE_INITIAL_DEFAULT = 0, /* the scope's, or what v1 takes for the dtype */
  SCOPETRIE_INITIAL_ZEROS,
  SCOPETRIE_INITIAL_ONES,
  SCOPETRIE_INITIAL_CONSTANT,         /* first */
  SCOPETRIE_INITIAL_UNIFORM,          /* within [first, second) */
  SCOPETRIE_INITIAL_NORMAL,           /* mean first, standard deviation second */
  SCOPETRIE_INITIAL_TRUNCATED_NORMAL, /* the same */
  SCOPETRIE_INITIAL_GLOROT_UNIFORM,
  SCOPETRIE_INITIAL_GLOROT_NORMAL,
  SCOPETRIE_INITIAL_HE_UNIFORM,
  SCOPETRIE_INITIAL_HE_NORMAL,
  SCOPETRIE_INITIAL_LECUN_UNIFORM,
  SCOPETRIE_INITIAL_LECUN_NORMAL,
  SCOPETRIE_INITIAL_VALUES,  /* `count` numbers at `values`: a vector */
  SCOPETRIE_INITIAL_TENSOR,  /* tensor */
  SCOPETRIE_INITIAL_FUNCTION /* make */
};
typedef struct scopetrie_initial {
  size_t size;
  int32_t kind;
  int32_t has_seed;
  int64_t seed;
  double first, second;
  const double* values;
  size_t count;
  scopetrie_tensor tensor;
  /* Makes a tensor of this shape and dtype; gives SCOPETRIE_OK, or any other number for an error of its own. The
   * context stands in the name scope for its operations. */
  int32_t (*make)(void* data, scopetrie_context* context, const int64_t* shape, size_t rank, int32_t dtype,
                  scopetrie_tensor* made);
  void* data;
} scopetrie_initial;

typedef struct scopetrie_scope_options {
  size_t size;
  int32_t reuse;
  int32_t dtype;           /* 0: inherited */
  int32_t is_default_name; /* the first free name like it */
  int32_t no_name_scope;   /* v1's auxiliary_name_scope=False */
  const scopetrie_initial* initializer;
} scopetrie_scope_options;

typedef struct scopetrie_variable_options {
  size_t size;
  const int64_t* shape; /* -1 is an unknown size */
  int32_t rank;
  int32_t has_shape;
  int32_t dtype; /* 0: the scope's */
  int32_t not_trainable;
  const scopetrie_initial* initializer;
  const char* const* collections; /* null: "variables" */
  size_t collection_count;
} scopetrie_variable_options;

/* The dtype and shape of an output; of rank -1 where it is unknown. */
typedef struct scopetrie_output {
  int32_t dtype;
  int32_t rank;
  const int64_t* shape;
} scopetrie_output;

/* Where a new context stands. */
enum {
  SCOPETRIE_AT_ROOT = 0,
  /* Where the calling thread stands in Python: its name scope, and path, reuse mode and dtype of its variable scope.
   * Objects of Python's (initializers, regularizers, getters, ...) are not handed on. */
  SCOPETRIE_AT_PYTHON = 1
};

typedef struct scopetrie_api {
  size_t size;
  uint32_t version;
  const char* library_version; /* "1.2.3" */

  const scopetrie_error* (*last_error)(void); /* of this thread; null where nothing has failed yet */

  /* Takes the lock, for unlock(); calls within need not wait for it. */
  uint64_t (*lock)(void);
  void (*unlock)(uint64_t locked);

  scopetrie_graph* (*graph_new)(void);
  scopetrie_graph* (*graph_retain)(scopetrie_graph* graph);
  void (*graph_release)(scopetrie_graph* graph);

  /* A context keeps its graph. */
  scopetrie_context* (*context_new)(scopetrie_graph* graph, int32_t where);
  void (*context_free)(scopetrie_context* context);
  scopetrie_graph* (*context_graph)(scopetrie_context* context); /* borrowed */

  /* Blocks; leave() ends the innermost one. Options may be null. */
  int32_t (*enter_variable_scope)(scopetrie_context* context, const char* name, const scopetrie_scope_options* options);
  int32_t (*enter_captured_scope)(scopetrie_context* context, const scopetrie_scope* scope,
                                  const scopetrie_scope_options* options);
  int32_t (*enter_name_scope)(scopetrie_context* context, const char* name);
  int32_t (*enter_control_dependencies)(scopetrie_context* context, const scopetrie_operation* operations,
                                        size_t count);
  int32_t (*leave)(scopetrie_context* context);
  scopetrie_scope* (*capture_scope)(scopetrie_context* context);
  void (*scope_release)(scopetrie_scope* scope);
  const char* (*variable_scope_name)(scopetrie_context* context);
  const char* (*name_scope)(scopetrie_context* context); /* its path, without a slash at its end */

  const char* (*unique_name)(scopetrie_context* context, const char* name, int32_t mark);
  /* `is_new`, where it is not null, says whether this call made it. */
  int32_t (*get_variable)(scopetrie_context* context, const char* name, const scopetrie_variable_options* options,
                          scopetrie_variable* variable, int32_t* is_new);
  int32_t (*add_operation)(scopetrie_context* context, const char* type, const char* name,
                           const scopetrie_tensor* inputs, size_t input_count, const scopetrie_output* outputs,
                           size_t output_count, scopetrie_operation* operation);

  /* What is built from here on is undone, unless it is committed. Each of these two ends and frees it. */
  scopetrie_transaction* (*transaction_begin)(scopetrie_context* context);
  void (*transaction_commit)(scopetrie_transaction* transaction);
  void (*transaction_rollback)(scopetrie_transaction* transaction);

  /* Look-ups: 1 and the value where there is one, 0 where there is none, -1 for an error. They make nothing. */
  int32_t (*find_variable)(scopetrie_graph* graph, const char* path, scopetrie_variable* variable);
  int32_t (*find_operation)(scopetrie_graph* graph, const char* name, scopetrie_operation* operation);
  int32_t (*find_tensor)(scopetrie_graph* graph, const char* name, scopetrie_tensor* tensor);

  const char* (*operation_name)(scopetrie_operation operation);
  const char* (*operation_type)(scopetrie_operation operation);
  int32_t (*operation_output)(scopetrie_operation operation, uint32_t index, scopetrie_tensor* tensor);
  const char* (*tensor_name)(scopetrie_tensor tensor);
  int32_t (*tensor_dtype)(scopetrie_tensor tensor);
  /* The rank, and as many sizes as there is room for; -1 where it is unknown, -2 for an error. */
  int32_t (*tensor_shape)(scopetrie_tensor tensor, int64_t* sizes, size_t room);
  const char* (*variable_name)(scopetrie_variable variable);
  const char* (*variable_path)(scopetrie_variable variable);
  int32_t (*variable_tensor)(scopetrie_variable variable, scopetrie_tensor* tensor); /* what reading it gives */

  /* Python's objects: PyObject*, here as void*. The caller has the GIL. These set Python's exceptions, and give null or
   * a number other than 0 then. Objects that they give are new references; those that they take are borrowed. */
  scopetrie_graph* (*graph_from_object)(void* graph);
  void* (*graph_to_object)(scopetrie_graph* graph);
  int32_t (*tensor_from_object)(void* object, scopetrie_tensor* tensor); /* a Tensor, or a Variable for its value */
  void* (*tensor_to_object)(scopetrie_tensor tensor);
  int32_t (*variable_from_object)(void* object, scopetrie_variable* variable);
  void* (*variable_to_object)(scopetrie_variable variable);
  int32_t (*operation_from_object)(void* object, scopetrie_operation* operation);
  void* (*operation_to_object)(scopetrie_operation operation);
  /* Sets the Python exception for last_error(). */
  void (*raise_last_error)(void);

  /* Stores ------------------------------------------------------------------------------------------------------- */

  scopetrie_store* (*store_new)(uint64_t seed);
  scopetrie_store* (*store_retain)(scopetrie_store* store);
  void (*store_release)(scopetrie_store* store);
  /* A context in which variable scopes, capture_scope(), unique_name() and transactions mean the store's. It has no
   * graph, name scopes, control dependencies and operations. */
  scopetrie_context* (*store_context_new)(scopetrie_store* store, int32_t where);

  /* get_variable() in a store. The initializer is a rule, neither values nor a tensor nor a function; collections mean
   * nothing. */
  int32_t (*store_get)(scopetrie_context* context, const char* name, const scopetrie_variable_options* options,
                       scopetrie_store_variable* variable, int32_t* is_new);
  /* A new variable of a shape and dtype with elements in row-major order. They are copied where `release` is null. Else
   * the variable keeps `elements` itself, aligned for the dtype, until it calls `release` with `data`, once, from any
   * thread that has the lock; where this fails, it never does. */
  int32_t (*store_put)(scopetrie_context* context, const char* name, const scopetrie_variable_options* options,
                       void* elements, void (*release)(void* data), void* data, scopetrie_store_variable* variable);
  /* Of a variable, or of all beneath a path. */
  int32_t (*store_erase)(scopetrie_context* context, const char* path);
  int32_t (*store_move)(scopetrie_context* context, const char* path, const char* to);

  int64_t (*store_size)(scopetrie_store* store); /* how many variables; -1 for an error */
  int32_t (*store_find)(scopetrie_store* store, const char* path, scopetrie_store_variable* variable);
  /* How many variables are in a scope and below it ("": all), and as many as there is room for, in creation order; -1
   * for an error. */
  int64_t (*store_under)(scopetrie_store* store, const char* path, scopetrie_store_variable* variables, size_t room);

  const char* (*store_variable_path)(scopetrie_store_variable variable);
  int32_t (*store_variable_dtype)(scopetrie_store_variable variable);
  int32_t (*store_variable_shape)(scopetrie_store_variable variable, int64_t* sizes, size_t room); /* as tensor_shape */
  int32_t (*store_variable_is_ready)(scopetrie_store_variable variable); /* whether it has elements; -1 for an error */
  /* Where the elements are, made if nobody has looked yet, and how many bytes they take. They stay there, for this
   * variable alone, until view_release(), also where the variable or the store goes. An error for a frozen variable:
   * see store_variable_read(). */
  scopetrie_view* (*store_variable_view)(scopetrie_store_variable variable, void** elements, size_t* bytes);
  void (*view_release)(scopetrie_view* view);

  /* As the functions above for Python's objects. */
  scopetrie_store* (*store_from_object)(void* store);
  void* (*store_to_object)(scopetrie_store* store);
  int32_t (*store_variable_from_object)(void* object, scopetrie_store_variable* variable);
  void* (*store_variable_to_object)(scopetrie_store_variable variable);

  /* As store_variable_view(), for who does not write; of a frozen variable, too. */
  scopetrie_view* (*store_variable_read)(scopetrie_store_variable variable, const void** elements, size_t* bytes);
} scopetrie_api;

/* The table of a program without Python, in which the functions above for Python's objects are null. */
const scopetrie_api* scopetrie_get_api(void);

#ifdef __cplusplus
}
#endif

#endif
