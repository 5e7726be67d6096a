// Bodies that are not JSON, and other parts of requests: multipart parts, files, headers, queries, messages of a socket.
import { wide } from './body-shapes.mjs';

const megabytes = (count, text) => Buffer.alloc(count * 1024 * 1024, text);
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));

/** Makes a multipart body from entries `[name, content, file name, type]`. */
function multipart(parts) {
  const written = parts.map(([name, content, file, type]) =>
    Buffer.concat([
      Buffer.from(
        `--b\r\ncontent-disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}\r\n${type === undefined ? '' : `content-type: ${type}\r\n`}\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
  );
  return Buffer.concat([...written, Buffer.from('--b--\r\n')]);
}

const type = (boundary) => ({ 'content-type': `multipart/form-data; boundary=${boundary}` });

/** Gives, by shape, functions that send one request each. */
export function uploads({ send }) {
  const form = (path, parts) => () => send('POST', path, multipart(parts()), type('b'));
  const preview = '/api/workflows/echo/batches/preview';
  const v1 = '/v1/workflows/back';
  const rows = times(100_000, (index) => JSON.stringify({ question: `Why ${index}`, more: 'x'.repeat(50) })).join('\n');
  const table = `question,more\n${times(100_000, (index) => `Why ${index},${'x'.repeat(50)}`).join('\n')}`;
  return {
    'file-of-190-mb': form('/api/files', () => [['file', megabytes(190, 'abcdefghij\n'), 'a.txt']]),
    'file-of-190-mb-as-input': form(v1, () => [['file', megabytes(190, 'klmnopqrst\n'), 'a.txt']]),
    'part-of-json': form(v1, () => [['value', wide['objects-of-other-names'](48_000), undefined, 'application/json']]),
    'part-of-text': form(v1, () => [['value', wide['nested-objects'](48_000)]]),
    'parts-100000': form(v1, () => times(100_000, (index) => [`p${index}`, 'x'])),
    'part-with-a-long-name': form(v1, () => [['n'.repeat(1_000_000), 'x']]),
    'boundaries-only': () => send('POST', v1, '--b\r\n'.repeat(1_000_000), type('b')),
    'dashes-only': () => send('POST', v1, '-'.repeat(9_000_000), type('-'.repeat(69))),
    'rows-100000-jsonl': form(preview, () => [['file', rows, 'a.jsonl']]),
    'rows-100000-csv': form(preview, () => [['file', table, 'a.csv']]),
    'empty-lines-100-mb': form(preview, () => [['file', megabytes(100, '\n'), 'a.jsonl']]),
    'commas-20-mb': form(preview, () => [['file', megabytes(20, ','), 'a.csv']]),
    'query-of-parameters': () => send('GET', `/api/runs?${times(1_500, (index) => `a${index}=1`).join('&')}`),
    'query-of-escapes': () => send('GET', `/api/runs?search=${'%41'.repeat(4_000)}`),
    'path-of-segments': () => send('GET', `/api/workflows/${'a/'.repeat(6_000)}`),
    headers: () =>
      send('GET', '/api/runs', undefined, Object.fromEntries(times(1_200, (index) => [`x-${index}`, '1']))),
    cookies: () => send('GET', '/api/runs', undefined, { cookie: times(1_200, (index) => `c${index}=1`).join('; ') }),
  };
}

/** Raw socket messages of the maximum length. */
export const messages = {
  'message-of-numbers': `42/live,1["watch"${',1'.repeat(30_000)}]`,
  'message-of-objects': `42/live,1["watch",[${'{},'.repeat(20_000)}{}]]`,
  'message-of-members': `42/live,1["watch",${wide.members(6_000)}]`,
  'message-of-lists': `42/live,1["watch",${'['.repeat(29_000)}${']'.repeat(29_000)}]`,
  'message-of-attachments': '4599999-/live,1["watch"]',
};

/** Sends a message over a new socket. */
export function sendMessage(address, message) {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  return new Promise((resolve) => {
    socket.onclose = resolve;
    socket.onmessage = ({ data }) => {
      if (data.startsWith('0')) socket.send('40/live,');
      else if (data.startsWith('40/live')) {
        socket.send(message);
        setTimeout(() => socket.close(), 200);
      }
    };
  });
}
