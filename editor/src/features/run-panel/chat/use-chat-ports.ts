import { useMemo } from 'react';
import { useCatalog, useDocument } from '../../session/index.js';
import { chatPorts, type ChatPorts } from './chat-ports.js';

/** The ports for a chat with the open workflow. Undefined until the workflow is compiled, and if it cannot be used as a chat. */
export function useChatPorts(): ChatPorts | undefined {
  const compiled = useDocument((state) => state.compiled);
  const document = useDocument((state) => state.document);
  const roles = useCatalog((state) => state.byType);
  return useMemo(
    () =>
      compiled === undefined || document === undefined
        ? undefined
        : chatPorts(compiled.interface, document, (type) => roles.get(type)?.role),
    [compiled, document, roles],
  );
}
