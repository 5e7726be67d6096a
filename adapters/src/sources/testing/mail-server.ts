import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../testing/free-port.js';

/** An IMAP server for tests, with the user `ada` and the password `pass`. */
export interface TestMailServer {
  readonly port: number;
  readonly user: string;
  close(): Promise<void>;
}

/** Why no IMAP server is available; undefined if there is one. */
export function mailServerMissing(): string | undefined {
  try {
    execFileSync('dovecot', ['--version'], { stdio: 'ignore' });
  } catch {
    return 'dovecot is not installed: apt-get install dovecot-imapd';
  }
  return process.getuid?.() === 0 ? undefined : 'dovecot needs root';
}

/** Starts Dovecot with its own files, without encryption. */
export async function startMailServer(): Promise<TestMailServer> {
  // Not in the folder of the tests, because the mail user may not enter it.
  const folder = mkdtempSync('/tmp/heddle-mail-');
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'mail'), { mode: 0o777 });
  chmodSync(join(folder, 'mail'), 0o777);
  const passwords = join(folder, 'users');
  writeFileSync(passwords, 'ada:{PLAIN}pass::::::\n');
  const port = await freePort();
  const { uid, gid } = uidOf('nobody');
  const file = join(folder, 'dovecot.conf');
  writeFileSync(file, configOf({ folder, passwords, port, uid, gid }));
  const child = spawn('dovecot', ['-F', '-c', file], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`dovecot ended with ${child.exitCode} (as ${userInfo().username})`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    user: 'ada',
    async close() {
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface MailServerFiles {
  readonly folder: string;
  readonly passwords: string;
  readonly port: number;
  readonly uid: number;
  readonly gid: number;
}

const configOf = ({ folder, passwords, port, uid, gid }: MailServerFiles): string => `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:${folder}/mail/%u
mail_uid = ${uid}
mail_gid = ${gid}
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = passwd-file
  args = ${passwords}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
  # A wrong password makes the next one wait.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`;

function uidOf(name: string): { readonly uid: number; readonly gid: number } {
  const of = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: of('-u'), gid: of('-g') };
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (greeting) => {
      socket.destroy();
      resolve(greeting.toString().startsWith('* OK'));
    });
    socket.once('error', () => resolve(false));
  });
