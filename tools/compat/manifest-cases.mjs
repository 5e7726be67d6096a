import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../bootstrap/repository.mjs';
import { preparePython } from './prepare-partners.mjs';

const run = promisify(execFile);
const overlays = join(root, 'deploy', 'kustomize', 'overlays');
/** The oldest version of Kubernetes that the manifests support, and the newest for which the package has schemas. */
const versions = ['1.29', '1.37.0'];

async function prepareSchemas() {
  try {
    await run('kubectl', ['version', '--client']);
  } catch {
    return { skip: 'kubectl not found: it renders the overlays' };
  }
  return preparePython('kubernetes-validate', [
    ...['kubernetes-validate==1.37.0', 'jsonschema', 'jsonschema-specifications', 'referencing', 'rpds-py', 'attrs'],
    ...['PyYAML', 'packaging', 'typing-extensions'],
  ]);
}

/** Validates a file strictly against the schemas of a version: unknown names are errors. */
const validate = (bin, file, version) =>
  run(join(bin, 'kubernetes-validate'), ['-k', version, '--strict', '--quiet', file], { maxBuffer: 2 ** 24 });

async function runManifests({ partner: { bin }, folder, report }) {
  for (const overlay of readdirSync(overlays))
    for (const version of versions)
      await report(`${overlay} is what Kubernetes ${version} takes`, async () => {
        const { stdout } = await run('kubectl', ['kustomize', join(overlays, overlay)]);
        const file = join(folder, `${overlay}.yaml`);
        writeFileSync(file, stdout);
        await validate(bin, file, version);
      });
  await report('a name that Kubernetes does not know is refused', async () => {
    const file = join(folder, 'wrong.yaml');
    const text = readFileSync(join(folder, 'cluster.yaml'), 'utf8');
    writeFileSync(file, text.replaceAll('readOnlyRootFilesystem', 'readOnlyRoot'));
    const refused = await validate(bin, file, versions[0]).then(
      () => undefined,
      (error) => error,
    );
    if (!/readOnlyRoot/.test(`${refused?.stdout}${refused?.stderr}`)) throw new Error('it was not refused');
  });
}

/** Validates the manifests against the schemas of Kubernetes. */
export const manifestCases = [
  {
    name: 'manifests',
    title: 'deploy/kustomize against the schemas of Kubernetes (PyPI kubernetes-validate)',
    isPlain: true,
    needs: prepareSchemas,
    run: runManifests,
  },
];
