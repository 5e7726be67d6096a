export { starterCatalogue } from './catalogue/starter-catalogue.js';
export { defaultModelsFolder } from './files/models-folder.js';
export { checkGguf, type GgufHeader } from './files/gguf-header.js';
export { createModelHub, type ModelHubOptions } from './hub/create-model-hub.js';
export { type ModelLog, type ModelSettings } from './hub/settings.js';
