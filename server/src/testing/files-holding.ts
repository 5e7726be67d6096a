import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lists the files below a folder that contain a text: the database with its log and free pages, blobs, and any other file. */
export function filesHolding(text: string, folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): readonly string[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesHolding(text, path);
    return entry.isFile() && readFileSync(path).includes(text) ? [path] : [];
  });
}
