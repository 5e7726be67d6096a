import type { ToolServer } from '@heddle/core';
import { Pencil, RefreshCw } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { Notice } from '../../ui/states/Notice.js';
import { GrantLine } from '../grants/index.js';
import { Link } from '../../ui/navigation/Link.js';
import { IntegrationLayout } from '../integrations/index.js';
import { navigate, toolServerPath, useIsExample } from '../../ui/navigation/route.js';
import { RemoveServer } from './RemoveServer.js';
import { draftOf, emptyDraft, exampleDraft } from './tool-server-draft.js';
import { ToolList } from './ToolList.js';
import { ToolServerForm } from './ToolServerForm.js';
import { useAction } from '../../data/queries/use-action.js';

/** A tool server with its tools, or the form that registers one. */
export function ToolServerPage({ id }: { readonly id: string | undefined }): ReactElement {
  return id === undefined ? <NewServer /> : <KnownServer id={id} />;
}

function NewServer(): ReactElement {
  const isExample = useIsExample();
  return (
    <IntegrationLayout
      page="tool-server"
      title="Register tool server"
      lead="Registering a server approves no tools. Review each tool first."
    >
      <ToolServerForm
        initial={isExample ? exampleDraft : emptyDraft}
        isNew
        onSaved={(id) => navigate(toolServerPath(id))}
        onCancel={() => navigate('/tools')}
      />
    </IntegrationLayout>
  );
}

function KnownServer({ id }: { readonly id: string }): ReactElement {
  const tools = useGet('/api/tools/servers/{id}/tools', { params: { path: { id } } }, ({ tools }) => tools);
  const servers = useGet('/api/tools/servers', {}, ({ servers }) => servers);
  const known = servers.value?.find((server) => server.id === id);
  const title = known?.title ?? '';
  const [editing, setEditing] = useState<ToolServer>();
  const action = useAction();
  const mayApprove = useMay('tool:approve');
  const mayRegister = useMay('tool:register');
  const gone = tools.error?.code === 'mcp_not_found';
  return (
    <IntegrationLayout
      page="tool-server"
      title={title === '' ? id : title}
      lead={
        <>
          Its tools are named <span className="mono">{id}__tool</span>. The tool descriptions come from the server: read
          them before you approve a tool.
        </>
      }
      actions={
        gone || editing !== undefined ? null : (
          <>
            {!mayApprove ? null : (
              <button
                type="button"
                className="button"
                disabled={action.isBusy}
                onClick={() =>
                  action.run(async () => {
                    await client.POST('/api/tools/servers/{id}/refresh', { params: { path: { id } } });
                    tools.again();
                    servers.again();
                  })
                }
              >
                <RefreshCw size={14} aria-hidden /> {action.isBusy ? 'Loading tools…' : 'Reload tools'}
              </button>
            )}
            {!mayRegister ? null : (
              <>
                <button
                  type="button"
                  className="button"
                  onClick={() =>
                    action.run(async () =>
                      setEditing(await client.GET('/api/tools/servers/{id}', { params: { path: { id } } })),
                    )
                  }
                >
                  <Pencil size={14} aria-hidden /> Edit
                </button>
                <RemoveServer id={id} />
              </>
            )}
          </>
        )
      }
    >
      {action.error === undefined ? (
        known?.activity.problem === undefined ? null : (
          <p className="field-error" role="status">
            The server did not answer: {known.activity.problem}
          </p>
        )
      ) : (
        <Notice error={action.error} />
      )}
      {gone ? (
        <p>
          The tool server &ldquo;{id}&rdquo; does not exist. <Link href="/tools">Go to all servers</Link>.
        </p>
      ) : editing === undefined ? (
        <>
          <GrantLine kind="tool" id={id} title={title === '' ? id : title} />
          <ToolList loaded={tools} />
        </>
      ) : (
        <ToolServerForm
          initial={draftOf(editing)}
          isNew={false}
          onSaved={() => {
            setEditing(undefined);
            tools.again();
            servers.again();
          }}
          onCancel={() => setEditing(undefined)}
        />
      )}
    </IntegrationLayout>
  );
}
