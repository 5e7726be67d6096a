import type { AnyJson } from '../../testing/any-json.js';

const key = 'io.modelcontextprotocol';

/** The capabilities of a client that accepts tasks. */
export const takesTasks = { extensions: { [`${key}/tasks`]: {} } };

/** Sends a request of MCP revision 2026-07-28, which needs no session, and returns the JSON-RPC reply. */
export async function askMcp(
  address: string,
  method: string,
  params: Readonly<Record<string, unknown>>,
  {
    headers = {},
    capabilities = takesTasks,
  }: { readonly headers?: Readonly<Record<string, string>>; readonly capabilities?: object } = {},
): Promise<AnyJson> {
  const _meta = {
    [`${key}/protocolVersion`]: '2026-07-28',
    [`${key}/clientInfo`]: { name: 'test', version: '1' },
    [`${key}/clientCapabilities`]: capabilities,
  };
  const reply = await fetch(`${address}/mcp`, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': String(params['name'] ?? params['taskId']),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
  const said = await reply.text();
  return JSON.parse(/^data: (\{.*)$/m.exec(said)?.[1] ?? said);
}
