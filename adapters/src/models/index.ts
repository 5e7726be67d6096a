export { starterCatalogue } from './catalogue/starter-catalogue.js';
export { defaultModelsFolder } from './files/models-folder.js';
export { checkGguf, type GgufHeader } from './files/gguf-header.js';
export { createModelHub, type ModelHubOptions } from './hub/create-model-hub.js';
export { type ModelLog, type ModelSettings } from './hub/settings.js';
export { addRuntime, type AddRuntimeOptions, type RuntimeProgress } from './gpu/add-runtime.js';
export { detectGpu, type GpuProbe, type RuntimeKind } from './gpu/detect-gpu.js';
export { hasRuntime, runtimeFolder } from './gpu/runtime-folder.js';
