import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';

/** The name of an npm package. */
const PackageName = z
  .string()
  .max(214)
  .regex(/^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/, {
    error: 'Expected the name of a package, such as @acme/heddle-nodes',
  });

/** A package of custom nodes: a folder that `HEDDLE_NODES` names, or one that was installed. */
export const NodePackage = z
  .object({
    name: z.string(),
    source: z.enum(['folder', 'installed']),
    /** Of an installed one. */
    version: z.string().optional(),
    integrity: z.string().optional(),
    /** The node types that it brings. */
    types: z.array(z.string()),
    /** `ready`: what lies there is what runs. `outdated`: it changed and cannot be loaded, so that the version before runs. `failed`: nothing of it runs. */
    state: z.enum(['ready', 'outdated', 'failed']),
    /** Why it cannot be loaded. */
    error: ErrorValue.optional(),
  })
  .meta({ id: 'NodePackage' });
export type NodePackage = z.infer<typeof NodePackage>;

/** `GET /api/node-packages`: what there is, and how it is confined on this system. */
export const NodePackagesReply = z
  .object({ packages: z.array(NodePackage), confinement: z.string() })
  .meta({ id: 'NodePackagesReply' });
export type NodePackagesReply = z.infer<typeof NodePackagesReply>;

/** `POST /api/node-packages`: exactly one version, and the hash that its archive must have. */
export const InstallNodePackageRequest = z
  .object({
    name: PackageName.meta({ title: 'Package', placeholder: '@acme/heddle-nodes' }),
    version: z
      .string()
      .max(100)
      .regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/, { error: 'Expected one version, such as 1.2.0' })
      .meta({ title: 'Version', placeholder: '1.2.0' }),
    integrity: z
      .string()
      .regex(/^sha512-[A-Za-z0-9+/]{86}==$/, {
        error: 'Expected sha512- and the hash in base64, as the registry gives it',
      })
      .meta({ title: 'Hash', placeholder: 'sha512-…' }),
  })
  .meta({ id: 'InstallNodePackageRequest' });
export type InstallNodePackageRequest = z.infer<typeof InstallNodePackageRequest>;
