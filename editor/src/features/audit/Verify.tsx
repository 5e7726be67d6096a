import type { AuditCheck } from '@heddle/core';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { CopyText } from '../../ui/buttons/CopyText.js';
import { Notice } from '../../ui/states/Notice.js';
import { useAction } from '../../data/queries/use-action.js';
import styles from './audit.module.css';

/** Verifies the whole chain of audit events and shows the result. */
export function Verify(): ReactElement {
  const [check, setCheck] = useState<AuditCheck>();
  const action = useAction();
  return (
    <>
      <div className="section-bar">
        <p className="quiet measure">
          Each event holds the hash of the one before it, so any change or gap is detected. Prompts and answers appear
          only as hashes.
        </p>
        <button
          type="button"
          className="button"
          disabled={action.isBusy}
          onClick={() => action.run(async () => setCheck(await client.GET('/api/audit/verify')))}
        >
          {action.isBusy ? 'Verifying the audit log' : 'Verify chain'}
        </button>
      </div>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <div role="status">
        {check === undefined ? null : (
          <div className={styles['verified']} data-whole={check.isWhole || undefined}>
            {check.isWhole ? <ShieldCheck size={18} aria-hidden /> : <ShieldAlert size={18} aria-hidden />}
            <div>
              <p>
                <strong>
                  {check.isWhole
                    ? `All ${check.records.toLocaleString('en')} events are intact.`
                    : `The audit log was altered: event ${check.bad?.number ?? '?'} is the first invalid one.`}
                </strong>{' '}
                {check.bad?.reason}
              </p>
              <p className="quiet">
                Store the end of the chain somewhere else, so that you can detect a replacement of the whole log:
              </p>
              <CopyText text={`${check.records} ${check.head}`} what="the end of the chain" />
            </div>
          </div>
        )}
      </div>
    </>
  );
}
