import { FolderBlobs } from '../folder-blobs.js';

const [folder = '', text = ''] = process.argv.slice(2);
await new FolderBlobs(folder).put(new TextEncoder().encode(text), { name: 'note.txt', mediaType: 'text/plain' });
