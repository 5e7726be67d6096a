// Compiles kernel.as into kernel-bytes.ts: `node build.mjs`. The bytes are committed, so building and running Heddle needs no compiler.
// `node build.mjs --check` exits with 1 if the committed file differs from what kernel.as compiles to.
import { readFile, writeFile } from 'node:fs/promises';
import compiler from 'assemblyscript/asc';

const options = [
  '--outFile',
  'kernel.wasm',
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
];

async function compileKernel() {
  const source = await readFile(new URL('./kernel.as', import.meta.url), 'utf8');
  let bytes;
  const { error, stderr } = await compiler.main(['kernel.ts', ...options], {
    readFile: (name) => (name === 'kernel.ts' ? source : null),
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm') bytes = contents;
    },
    listFiles: () => [],
  });
  if (error || bytes === undefined) throw new Error(`The kernel does not compile:\n${stderr?.toString() ?? error}`);
  return bytes;
}

const target = new URL('./kernel-bytes.ts', import.meta.url);
const bytes = await compileKernel();
const text = `// Written by build.mjs from kernel.as: do not edit.
/** The compiled kernel: WebAssembly with SIMD, in base64. */
export const kernelBytes =
  '${Buffer.from(bytes).toString('base64')}';
`;

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8')) !== text) {
    console.error('kernel-bytes.ts is not what kernel.as compiles to: run node build.mjs.');
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
  console.log(`kernel-bytes.ts: ${bytes.length} bytes of WebAssembly`);
}
