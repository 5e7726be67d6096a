export * from './allowed-environment.js';
export * from './resident-memory.js';
export * from './resolve-entry.js';
export * from './spawn-child.js';
export * from './end-with-parent.js';
export * from './serve-calls.js';
export * from './create-caller.js';
export * from './watch-work.js';
