import { examineFile } from './examine-file.js';

console.log(examineFile(process.argv[2] ?? ''));
