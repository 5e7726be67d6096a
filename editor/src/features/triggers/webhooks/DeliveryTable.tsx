import type { Delivery } from '@heddle/core';
import { Fragment, useCallback, useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { formatAgo } from '../../../ui/format/format-time.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Table } from '../../../ui/tables/Table.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { useNow } from '../../../ui/format/use-now.js';
import { Link } from '../../../ui/navigation/Link.js';
import { runPath } from '../../../ui/navigation/route.js';
import { useAction } from '../../../data/queries/use-action.js';
import { eventLabels, deliveryText } from './webhook-text.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { useLoadedAnew } from '../../../data/queries/use-loaded-anew.js';
import styles from '../triggers.module.css';

/** The delivered and pending messages of a webhook, with all attempts. */
export function DeliveryTable({
  workflow,
  webhook,
  name,
  news,
  maySend,
}: {
  readonly workflow: string;
  readonly webhook: string;
  readonly name: string;
  readonly news: number;
  readonly maySend: boolean;
}): ReactElement {
  const load = useCallback(
    (signal: AbortSignal) =>
      client
        .GET('/api/workflows/{id}/webhooks/{webhook}/deliveries', {
          params: { path: { id: workflow, webhook }, query: { limit: 50 } },
          signal,
        })
        .then(({ deliveries }) => deliveries),
    [workflow, webhook],
  );
  const deliveries = useLoadedAnew(load, news);
  const { value, again } = deliveries;
  const [shown, setShown] = useState<string>();
  const action = useAction();
  const now = useNow(value?.some(({ status }) => status === 'waiting') === true);
  const send = (delivery: string): void =>
    action.run(async () => {
      await client.POST('/api/workflows/{id}/webhooks/{webhook}/deliveries/{delivery}/send', {
        params: { path: { id: workflow, webhook, delivery } },
      });
      again();
    });
  return (
    <>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <WhenLoaded loaded={deliveries} empty="No messages yet. The next run of the live version sends one.">
        {(list) => (
          <Table name={`Deliveries of ${name}`} columns={['When', 'Event', 'Status']} hasActions>
            {list.map((delivery) => (
              <Fragment key={delivery.id}>
                <tr>
                  <td className="figure">{formatAgo(delivery.createdAt, now)}</td>
                  <td>
                    <Link href={runPath(delivery.runId)} className="text-link">
                      {eventLabels[delivery.event]}
                    </Link>
                  </td>
                  <td>
                    <Standing delivery={delivery} now={now} />
                  </td>
                  <td className={styles['delivery-actions']}>
                    <button
                      type="button"
                      className="button button-small"
                      aria-expanded={shown === delivery.id}
                      onClick={() => setShown(shown === delivery.id ? undefined : delivery.id)}
                    >
                      Attempts<span className="visually-hidden"> of {delivery.id}</span>
                    </button>
                    {maySend ? (
                      <RowButton
                        title={delivery.status === 'waiting' ? 'Send now' : 'Resend'}
                        what={delivery.id}
                        isOff={action.isBusy}
                        run={() => send(delivery.id)}
                      />
                    ) : null}
                  </td>
                </tr>
                {shown === delivery.id ? (
                  <tr>
                    <td colSpan={4}>
                      <Tries workflow={workflow} webhook={webhook} delivery={delivery} />
                    </td>
                  </tr>
                ) : null}
              </Fragment>
            ))}
          </Table>
        )}
      </WhenLoaded>
    </>
  );
}

function Standing({ delivery, now }: { readonly delivery: Delivery; readonly now: number }): ReactElement {
  return (
    <>
      <span className="row-dot" data-status={dotOf[delivery.status]} aria-hidden />{' '}
      <span>{deliveryText(delivery, now)}</span>
      {delivery.error === undefined ? null : <span className={styles['trigger-error']}>{delivery.error}</span>}
    </>
  );
}

const dotOf: Readonly<Record<Delivery['status'], string>> = { waiting: 'queued', sent: 'done', dead: 'failed' };

function Tries({
  workflow,
  webhook,
  delivery: { id, attempts, status },
}: {
  readonly workflow: string;
  readonly webhook: string;
  readonly delivery: Delivery;
}): ReactElement {
  const load = useCallback(
    (signal: AbortSignal) =>
      client.GET('/api/workflows/{id}/webhooks/{webhook}/deliveries/{delivery}', {
        params: { path: { id: workflow, webhook, delivery: id } },
        signal,
      }),
    [workflow, webhook, id],
  );
  return (
    <WhenLoaded loaded={useLoadedAnew(load, attempts + (status === 'sent' ? 1_000 : 0))}>
      {({ tries }) =>
        tries.length === 0 ? (
          <p className="quiet">Not attempted yet.</p>
        ) : (
          <ol className={styles['trigger-tries']} aria-label={`Attempts of ${id}`}>
            {tries.map(({ at, ms, status: answer, response, error: why }) => (
              <li key={at}>
                <p>
                  <strong>{answer === undefined ? 'No answer' : `Status ${answer}`}</strong>{' '}
                  <span className="quiet figure">
                    {new Date(at).toLocaleString()}, after {Math.round(ms)} ms
                  </span>
                </p>
                {why === undefined ? null : <p className={styles['trigger-error']}>{why}</p>}
                {response === undefined || response === '' ? null : <pre className="mono">{response}</pre>}
              </li>
            ))}
          </ol>
        )
      }
    </WhenLoaded>
  );
}
