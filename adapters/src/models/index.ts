export { defaultModelsFolder } from './files/models-folder.js';
export { LocalModelHub } from './hub/local-model-hub.js';
export type { ModelSettings } from './hub/settings.js';
export { addRuntime } from './gpu/add-runtime.js';
export { detectGpu } from './gpu/detect-gpu.js';
export { hasRuntime, runtimeFolder } from './gpu/runtime-folder.js';
export { headCard } from './head/head-classifier.js';
export { type HeadFile } from './head/head-file.js';
export { makeHead } from './head/make-head.js';
