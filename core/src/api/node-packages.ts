import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';
import { lazyObject } from '../values/lazy-object.js';

/** The name of an npm package. */
const PackageName = z
  .string()
  .max(214)
  .regex(/^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/, {
    error: 'Expected the name of a package, such as @acme/heddle-nodes',
  });

/** A package of custom nodes: a folder from `HEDDLE_NODES`, or an installed package. */
export const NodePackage = lazyObject(() => ({
  name: z.string(),
  source: z.enum(['folder', 'installed']),
  /** Version of an installed package. */
  version: z.string().optional(),
  integrity: z.string().optional(),
  /** The node types in it. */
  types: z.array(z.string()),
  /** `ready`: the current files are loaded. `outdated`: the files changed but cannot be loaded, so the previous version runs. `failed`: nothing is loaded. */
  state: z.enum(['ready', 'outdated', 'failed']),
  /** Why it cannot be loaded. */
  error: ErrorValue.optional(),
})).meta({ id: 'NodePackage' });
export type NodePackage = z.infer<typeof NodePackage>;

/** Reply of `GET /api/node-packages`: the packages, and how this system isolates them. */
export const NodePackagesReply = lazyObject(() => ({ packages: z.array(NodePackage), confinement: z.string() })).meta({
  id: 'NodePackagesReply',
});
export type NodePackagesReply = z.infer<typeof NodePackagesReply>;

/** Body of `POST /api/node-packages`: an exact version, and the hash of its archive. */
export const InstallNodePackageRequest = lazyObject(() => ({
  name: PackageName.meta({ title: 'Package', placeholder: '@acme/heddle-nodes' }),
  version: z
    .string()
    .max(100)
    .regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/, { error: 'Expected one version, such as 1.2.0' })
    .meta({ title: 'Version', placeholder: '1.2.0' }),
  integrity: z
    .string()
    .regex(/^sha512-[A-Za-z0-9+/]{86}==$/, {
      error: 'Expected sha512- and the hash in base64, as in the registry',
    })
    .meta({ title: 'Hash', placeholder: 'sha512-…' }),
})).meta({ id: 'InstallNodePackageRequest' });
export type InstallNodePackageRequest = z.infer<typeof InstallNodePackageRequest>;
