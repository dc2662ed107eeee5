#include "scopetrie/scopes/open_scopes.hpp"

namespace scopetrie {

void OpenVariableScope::enter(Context& context, const ScopeOptions& options) {
  block_.set_reuse(options.reuse);
  block_.set_auxiliary_name_scope(options.auxiliary_name_scope);
  if (options.dtype != 0) block_.set_dtype(options.dtype);
  const std::pair<Setting, const HostObject&> settings[] = {
      {Setting::kInitializer, options.initializer},      {Setting::kRegularizer, options.regularizer},
      {Setting::kCachingDevice, options.caching_device}, {Setting::kPartitioner, options.partitioner},
      {Setting::kCustomGetter, options.custom_getter},   {Setting::kConstraint, options.constraint}};
  for (const auto& [setting, object] : settings)
    if (object) block_.set(setting, object.get());
  scope_ = &block_.enter(context);
}

OpenVariableScope::~OpenVariableScope() {  // NOLINT(bugprone-exception-escape): leaving does not throw
  if (block_.is_innermost()) block_.leave();
}

}  // namespace scopetrie
