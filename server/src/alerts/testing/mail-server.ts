import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A mail server on loopback, for tests. */
export interface TestMailServer {
  readonly port: number;
  /** The received messages, unchanged. */
  readonly mails: readonly string[];
  /** The received commands. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}

/** Starts a mail server. `answer` may change the reply to a command; an empty reply sends nothing. */
export async function startMailServer(
  answer: (command: string) => string | undefined = () => undefined,
): Promise<TestMailServer> {
  const mails: string[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let rest = '';
    let mail = undefined as string | undefined;
    const say = (text: string): void => void (text === '' ? undefined : socket.write(`${text}\r\n`));
    say(answer('CONNECT') ?? '220 test ready');
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (mail !== undefined) {
          if (line !== '.') {
            mail += `${line}\n`;
            continue;
          }
          mails.push(mail);
          mail = undefined;
          say(answer('MESSAGE') ?? '250 taken');
          continue;
        }
        commands.push(line);
        const verb = line.split(' ', 1)[0]?.toUpperCase() ?? '';
        if (verb === 'DATA') mail = '';
        say(answer(verb) ?? usual(verb));
        if (verb === 'QUIT') socket.end();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    commands,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function usual(verb: string): string {
  if (verb === 'EHLO') return '250-test\r\n250 AUTH PLAIN LOGIN';
  if (verb === 'DATA') return '354 go on';
  if (verb === 'AUTH') return '235 welcome';
  if (verb === 'STARTTLS') return '502 not here';
  return verb === 'QUIT' ? '221 bye' : '250 ok';
}
