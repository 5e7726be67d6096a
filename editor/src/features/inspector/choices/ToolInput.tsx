import type { ToolReply } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { client } from '../../../data/api/client.js';
import { useLoaded } from '../../../data/queries/use-loaded.js';
import { Link } from '../../../ui/navigation/Link.js';
import { countsText, descriptionOf, standingText } from '../../tools/index.js';
import { ChosenByName } from './ChosenByName.js';
import type { ComboboxItem } from '../../../ui/fields/Combobox.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';

type Props = FieldProps<'text'> & InputShared;

/** A field for a registered tool server. */
export function ToolServerInput(props: Props): ReactElement {
  const { value: servers, error } = useGet('/api/tools/servers', {}, ({ servers }) => servers);
  const items = useMemo(
    () =>
      (servers ?? []).map((server): ComboboxItem => ({
        value: server.id,
        title: server.title === '' ? server.id : server.title,
        detail: `${server.place} · ${countsText(server)}`,
        mark: server.clearance,
      })),
    [servers],
  );
  return (
    <>
      <ChosenByName {...props} items={items} empty={error?.message ?? 'No registered server has this name.'} />
      {servers?.length === 0 ? (
        <p className="field-help">
          An owner can register one on the page <Link href="/tools">Tools</Link>.
        </p>
      ) : null}
    </>
  );
}

async function allTools(signal: AbortSignal): Promise<readonly ToolReply[]> {
  const { servers } = await client.GET('/api/tools/servers', { signal });
  const replies = servers.map(({ id }) =>
    client.GET('/api/tools/servers/{id}/tools', { params: { path: { id } }, signal }),
  );
  return (await Promise.all(replies)).flatMap(({ tools }) => tools);
}

/** A field for a tool of a server, stored as `server__tool`. */
export function ToolInput(props: Props): ReactElement {
  const { value: tools, error } = useLoaded(allTools);
  const items = useMemo(
    () =>
      (tools ?? [])
        .filter(({ standing }) => standing !== 'refused')
        .map((tool): ComboboxItem => ({
          value: tool.name,
          title: tool.name,
          detail:
            tool.standing === 'approved'
              ? (descriptionOf(tool).split('\n')[0] ?? '').slice(0, 120)
              : standingText[tool.standing],
        })),
    [tools],
  );
  return <ChosenByName {...props} items={items} empty={error?.message ?? 'No tool has this name.'} />;
}
