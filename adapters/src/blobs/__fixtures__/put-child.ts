import { createFolderBlobs } from '../folder-blobs.js';

const [folder = '', text = ''] = process.argv.slice(2);
await createFolderBlobs(folder).put(new TextEncoder().encode(text), { name: 'note.txt', mediaType: 'text/plain' });
