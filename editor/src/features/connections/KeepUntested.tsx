import type { ConnectionTest } from '@heddle/core';
import type { ReactElement } from 'react';
import type { ApiError } from '../../data/http/http.js';
import { Notice } from '../../ui/states/Notice.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { NotReached } from '../integrations/index.js';

/** Asks whether to keep a new connection whose test failed. */
export function KeepUntested({
  name,
  test,
  problem,
  onKeep,
  onChange,
}: {
  readonly name: string;
  readonly test: ConnectionTest;
  /** Why going back to the form failed. */
  readonly problem: ApiError | undefined;
  readonly onKeep: () => void;
  /** Goes back to the form without storing the connection. */
  readonly onChange: () => void;
}): ReactElement {
  return (
    <Confirm title={`Keep ${name} anyway?`} verb="Keep" back="Edit" isHarmless onConfirm={onKeep} onClose={onChange}>
      <NotReached test={test} advice="Check the address and the key." />
      <p>The test failed: runs that use its models will fail until the connection works.</p>
      {problem === undefined ? null : <Notice error={problem} />}
    </Confirm>
  );
}
