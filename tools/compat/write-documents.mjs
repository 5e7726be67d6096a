// Writes documents of a round into a store in files, one after the other, and prints the id of each acknowledged document.
// `store-cases.mjs` kills it.
import { createLancedbStore } from '@heddle/adapters/vectors';
import { documentOf } from './store-documents.mjs';

const [folder, round] = process.argv.slice(2);
const collection = await createLancedbStore({ folder }).open('kills');
for (let at = 0; at < 12; at += 1) {
  await collection.put([documentOf(`d${at}`, Number(round))]);
  process.stdout.write(`d${at}\n`);
}
