export { WorkflowChatPage } from './WorkflowChatPage.js';
