import { useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import type { Preset } from '../../data/api/reply-parts.js';
import { draftFrom, draftOf } from './connection-draft.js';
import { ConnectionForm } from './ConnectionForm.js';
import { PresetPicker } from './PresetPicker.js';
import { leaveThrough } from '../../ui/navigation/leave-guard.js';
import { GrantLine } from '../grants/index.js';
import { Link } from '../../ui/navigation/Link.js';
import { IntegrationLayout } from '../integrations/index.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';

/** A connection, or the form that creates one. */
export function ConnectionPage({
  id,
  name,
}: {
  readonly id: string | undefined;
  readonly name: string | undefined;
}): ReactElement {
  return id === undefined ? <NewConnection name={name} /> : <KnownConnection id={id} />;
}

/** Starts with the preset named like the requested connection, if there is one. */
function NewConnection({ name }: { readonly name: string | undefined }): ReactElement {
  const presets = useGet('/api/connections/presets', {}, ({ presets }) => presets);
  const connections = useGet('/api/connections', {}, ({ connections }) => connections);
  const [picked, setPicked] = useState<Preset | 'none'>();
  const wanted = name === undefined ? undefined : presets.value?.find(({ id }) => id === name);
  const preset = picked === 'none' ? undefined : (picked ?? wanted);
  const taken = connections.value?.map(({ id }) => id) ?? [];
  return (
    <IntegrationLayout
      page="connection"
      title={preset === undefined ? 'Add connection' : `Connect ${preset.title}`}
      lead={preset === undefined ? 'Choose a provider' : preset.hint}
      actions={
        preset === undefined ? null : (
          <button type="button" className="button" onClick={() => leaveThrough(() => setPicked('none'))}>
            Choose another
          </button>
        )
      }
    >
      {preset === undefined ? (
        <WhenLoaded loaded={presets}>{(all) => <PresetPicker presets={all} onPick={setPicked} />}</WhenLoaded>
      ) : (
        <ConnectionForm key={preset.id} initial={draftFrom(preset, taken, name)} needsKey={preset.needsKey} />
      )}
    </IntegrationLayout>
  );
}

function KnownConnection({ id }: { readonly id: string }): ReactElement {
  const connection = useGet('/api/connections/{id}', { params: { path: { id } } });
  const presets = useGet('/api/connections/presets', {}, ({ presets }) => presets);
  const known = connection.value;
  const preset = presets.value?.find((entry) => entry.id === known?.preset);
  return (
    <IntegrationLayout
      page="connection"
      title={known === undefined || known.title === '' ? id : known.title}
      lead={
        <>
          Its models are named <span className="mono">{id}/model</span>.
        </>
      }
    >
      {connection.error?.code === 'connection_not_found' ? (
        <p>
          The connection &ldquo;{id}&rdquo; does not exist. <Link href="/connections">Go to all connections</Link>.
        </p>
      ) : (
        <WhenLoaded loaded={connection}>
          {(reply) => (
            <>
              <GrantLine kind="connection" id={id} title={reply.title === '' ? id : reply.title} />
              <ConnectionForm
                initial={draftOf(reply)}
                saved={reply}
                needsKey={preset?.needsKey ?? false}
                onChanged={connection.again}
              />
            </>
          )}
        </WhenLoaded>
      )}
    </IntegrationLayout>
  );
}
