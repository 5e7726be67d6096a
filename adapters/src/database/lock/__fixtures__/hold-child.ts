import { lockDataFolder } from '../lock-data-folder.js';

const [folder = '', kind = 'server'] = process.argv.slice(2);
const lock = await lockDataFolder(folder, { kind: kind === 'server' ? 'server' : 'command', token: 'secret' });
if (kind === 'server') lock.announce({ address: 'http://127.0.0.1:4321' });
console.log('held');
// A command ends by itself; a server stays until it is ended.
setTimeout(() => lock.release(), kind === 'server' ? 60_000 : 400);
