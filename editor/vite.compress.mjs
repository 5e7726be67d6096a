import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Writes `.br` and `.gz` files beside everything that compresses, so that the server sends them without compressing anything itself. */
export const compress = () => ({
  name: 'compress',
  apply: 'build',
  async writeBundle({ dir }) {
    for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:js|css|html|svg)$/.test(entry.name)) continue;
      const file = join(entry.parentPath, entry.name);
      const bytes = await readFile(file);
      if (bytes.length < 1024) continue;
      await writeFile(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
      await writeFile(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
});
