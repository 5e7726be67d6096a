import type { AuditCheck } from '@heddle/core';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { audit } from '../../api/audit.js';
import { CopyText } from '../../frame/CopyText.js';
import { Notice } from '../../frame/Notice.js';
import { useAction } from '../use-action.js';

/** Checks the whole chain of records, and says what came of it. */
export function Verify(): ReactElement {
  const [check, setCheck] = useState<AuditCheck>();
  const action = useAction();
  return (
    <>
      <div className="section-bar">
        <p className="quiet measure">
          Each record holds the hash of the one before it, so that a change, a gap or a cut shows. Prompts and answers
          stand in it as hashes alone.
        </p>
        <button
          type="button"
          className="button"
          disabled={action.isBusy}
          onClick={() => action.run(async () => setCheck(await audit.verify()))}
        >
          {action.isBusy ? 'Checking every record' : 'Check the chain'}
        </button>
      </div>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <div role="status">
        {check === undefined ? null : (
          <div className="verified" data-whole={check.isWhole || undefined}>
            {check.isWhole ? <ShieldCheck size={18} aria-hidden /> : <ShieldAlert size={18} aria-hidden />}
            <div>
              <p>
                <strong>
                  {check.isWhole
                    ? `All ${check.records.toLocaleString('en')} records are as they were written.`
                    : `The record is not whole: number ${check.bad?.number ?? '?'} is the first bad one.`}
                </strong>{' '}
                {check.bad?.reason}
              </p>
              <p className="quiet">Keep the end of the chain somewhere else, to notice if the whole is replaced:</p>
              <CopyText text={`${check.records} ${check.head}`} what="the end of the chain" />
            </div>
          </div>
        )}
      </div>
    </>
  );
}
