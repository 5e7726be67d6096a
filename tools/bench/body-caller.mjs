import { Agent, request } from 'node:http';

/** Makes functions that call a server: `send` takes a body as raw text, `json` takes and returns values. */
export function callerOf({ address }) {
  const agent = new Agent({ keepAlive: true });
  const send = (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const all = { 'content-type': 'application/json', ...length, ...headers };
      const sent = request(`${address}${path}`, { method, agent, headers: all }, (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, text }));
        reply.on('error', () => resolve({ status: reply.statusCode, headers: reply.headers, text }));
      });
      // A body that is too large ends its connection. Only the work of the server counts, so the error is ignored.
      sent.on('error', (error) =>
        error.code === 'EPIPE' || error.code === 'ECONNRESET' ? resolve({ text: '' }) : reject(error),
      );
      sent.end(body);
    });
  const json = async (method, path, body) => {
    const { status, text } = await send(method, path, body === undefined ? undefined : JSON.stringify(body));
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return { address, send, json, close: () => agent.destroy() };
}
