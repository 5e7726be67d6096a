import { InstallNodePackageRequest, type NodePackage } from '@heddle/core';
import { Package, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { showCatalog } from '../document/index.js';
import { ListRow } from '../../ui/tables/ListRow.js';
import { useSession } from '../session/index.js';
import { Allowed } from '../../ui/states/Allowed.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/forms/read-form.js';
import { Link } from '../../ui/navigation/Link.js';
import { templatesPath } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

/** The node packages with their states. Owners can install and remove them. */
export function NodePackagesSection(): ReactElement {
  return (
    <Allowed permission="node:install" what="Installing node packages">
      <Packages />
    </Allowed>
  );
}

function Packages(): ReactElement {
  const { catalog } = useSession();
  const packages = useGet('/api/node-packages', {}, ({ packages }) => packages);
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  /** Loads the packages again and updates the palette. */
  const changed = async (): Promise<void> => {
    packages.again();
    showCatalog(catalog, (await client.GET('/api/nodes')).nodes);
  };
  return (
    <>
      <div className="section-bar">
        <p className="quiet measure">
          Each package runs in its own process, without access to files and network. Its nodes use only what they
          declare, through Heddle. The setting HEDDLE_NODES names folders with further nodes.
        </p>
        <button type="button" className="button button-primary" onClick={() => setAdding(true)}>
          <Plus size={15} aria-hidden /> Install package
        </button>
      </div>
      <WhenLoaded
        loaded={packages}
        empty={
          <EmptyState
            Icon={Package}
            action={
              <button type="button" className="button" onClick={() => setAdding(true)}>
                Install the first package
              </button>
            }
            example={
              <Link href={templatesPath('custom-node-example')} className="text-link">
                See a workflow with a node of its own
              </Link>
            }
          >
            No node packages yet. A package from the registry adds nodes of your team or a vendor.
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((one) => (
              <PackageRow key={`${one.source} ${one.name}`} one={one} onRemove={() => setRemoving(one.name)} />
            ))}
          </ul>
        )}
      </WhenLoaded>
      {isAdding ? <InstallPackage onClose={() => setAdding(false)} onInstalled={changed} /> : null}
      {removing === undefined ? null : (
        <Confirm
          title={`Remove ${removing}?`}
          verb="Remove package"
          onClose={() => setRemoving(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/node-packages/{name}', { params: { path: { name: removing } } });
            await changed();
            setRemoving(undefined);
          }}
        >
          <p>Workflows with its nodes cannot run until the package is installed again.</p>
        </Confirm>
      )}
    </>
  );
}

const stateText = {
  ready: undefined,
  outdated: 'The new version cannot be loaded; the previous one stays in use.',
  failed: 'The package cannot be loaded.',
} as const;

function PackageRow({ one, onRemove }: { readonly one: NodePackage; readonly onRemove: () => void }): ReactElement {
  const { name, source, version, types, state, error } = one;
  const text = stateText[state];
  return (
    <ListRow
      icon={<Package size={15} aria-hidden className="quiet" />}
      title={
        <>
          {name} <span className="quiet">{source === 'folder' ? 'folder' : version}</span>
        </>
      }
      facts={
        <>
          {types.join(', ')}
          {text === undefined ? null : (
            <span className="field-error">
              {text} {error?.message}
            </span>
          )}
        </>
      }
    >
      {source === 'folder' ? null : <RemoveButton label={`Remove ${name}`} onClick={onRemove} />}
    </ListRow>
  );
}

function InstallPackage({
  onClose,
  onInstalled,
}: {
  readonly onClose: () => void;
  readonly onInstalled: () => Promise<void>;
}): ReactElement {
  const [name, setName] = useState('');
  const [version, setVersion] = useState('');
  const [integrity, setIntegrity] = useState('');
  const submit = async (): Promise<void> => {
    const given = { name: name.trim(), version: version.trim(), integrity: integrity.trim() };
    await client.POST('/api/node-packages', {
      body: readForm(InstallNodePackageRequest, given, {
        name: 'Enter the name of a package, such as @acme/heddle-nodes.',
        version: 'Enter one version, such as 1.2.0.',
        integrity: 'Enter a hash of sha512- followed by 86 characters and ==.',
      }),
    });
    await onInstalled();
    onClose();
  };
  return (
    <FormDialog
      title="Install package"
      verb="Install"
      busyVerb="Installing…"
      isWide
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Package" value={name} isRequired isFirst placeholder="@acme/heddle-nodes" onChange={setName} />
      <TextField title="Version" value={version} isRequired placeholder="1.2.0" onChange={setVersion} />
      <TextField
        title="Hash"
        value={integrity}
        isRequired
        placeholder="sha512-…"
        help="From the publisher, or from npm view PACKAGE@VERSION dist.integrity. A package with another hash is not installed."
        onChange={setIntegrity}
      />
    </FormDialog>
  );
}
