export { compileOpen, loadCatalog, openRunDocument, openWorkflow } from './open-workflow.js';
export {
  type CommandContext,
  createSession,
  type Session,
  SessionContext,
  useCatalog,
  useDocument,
  useRunSession,
  useSession,
  useView,
} from './session.js';
export { SessionProvider } from './SessionProvider.js';
export { useIssueText } from './use-issue-text.js';
export { useNodeTab } from './use-node-tab.js';
