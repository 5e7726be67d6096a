import { useMemo } from 'react';
import { useCatalog, useDocument } from '../../session/index.js';
import { chatPorts, type ChatPorts } from './chat-ports.js';

/** How a chat uses the open workflow; undefined until it is compiled, and for a workflow without a chat. */
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
