export * from './prompt-content.js';
export * from './prompt-reference.js';
export * from './prompt.js';
export * from './prompt-store.js';
export { playgroundDocument, playgroundInputs, type PlaygroundColumn } from './playground-document.js';
export { promptsOfDocument, withPrompts, type FindPrompt, type PromptLocation } from './fill-prompts.js';
