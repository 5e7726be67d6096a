export { controllers, HeddleModule } from './heddle.module.js';
export { OpenApiSource } from './app/openapi.controller.js';
export type { Heddle } from './heddle/heddle.js';
export { openHeddle } from './heddle/open-heddle.js';
export { receiveMultipart } from './http/bodies/receive-multipart.js';
export { createApp } from './app/create-app.js';
export { startServer } from './start-server.js';
export { readSettings, settingsMarkdown } from './settings/read-settings.js';
export type { Settings } from './settings/settings-table.js';
