import clsx from 'clsx';
import { useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { client } from '../../data/api/client.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { Fact } from '../../ui/tables/Fact.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { chooseTheme, type Theme } from '../../ui/theme/theme.js';
import { useChosenTheme } from '../../ui/theme/use-theme.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { ShortcutTable } from '../commands/index.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { Link } from '../../ui/navigation/Link.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { ClockNotice } from './ClockNotice.js';
import styles from './settings.module.css';

const themes: readonly (readonly [Theme | undefined, string])[] = [
  [undefined, 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** For users who may not read the settings. The page then does not show the data folder. */
const noSettings = () => Promise.resolve({ settings: [] });
const loadSettings = (signal: AbortSignal) => client.GET('/api/settings', { signal });

/** The display settings of this device, and facts about this installation. */
export function GeneralSection(): ReactElement {
  const theme = useChosenTheme();
  const health = useGet('/api/health');
  const settings = useLoaded(useKnownMay('settings:read') === true ? loadSettings : noSettings);
  const [isShowing, setShowing] = useState(false);
  const folder = settings.value?.settings.find(({ name }) => name === 'HEDDLE_DATA')?.value;
  return (
    <>
      <section className="section" aria-labelledby="appearance">
        <h2 id="appearance">This device</h2>
        <div className={clsx(styles['setting-line'], 'spread')}>
          <span>Theme</span>
          <SegmentedControl label="Theme" choices={themes} value={theme} onChange={chooseTheme} />
        </div>
        <div className={clsx(styles['setting-line'], 'spread')}>
          <span>
            Keyboard <span className="quiet">everything works with the keyboard</span>
          </span>
          <button type="button" className="button" onClick={() => setShowing(true)}>
            Show shortcuts
          </button>
        </div>
      </section>
      <section className="section" aria-labelledby="about">
        <h2 id="about">This Heddle</h2>
        <ClockNotice clock={health.value?.clock} onConfirmed={health.again} />
        <WhenLoaded loaded={health}>
          {({
            version,
            status,
            secretsWithoutHost = [],
            testsWithoutFixtures = [],
            uptimeSeconds,
            memoryMb,
            runs,
            stuck,
          }) => (
            <dl className="facts">
              <Fact name="Version">{version}</Fact>
              <Fact name="State">{status === 'ok' ? 'Healthy' : 'Needs attention'}</Fact>
              {secretsWithoutHost.length === 0 ? null : (
                <Fact name="Secrets that need a host">
                  <Link href="/secrets">{secretsWithoutHost.map(({ name }) => name).join(', ')}</Link>
                </Fact>
              )}
              {testsWithoutFixtures.length === 0 ? null : (
                <Fact name="Tests that need recorded results">
                  {testsWithoutFixtures.map(({ workflow }) => workflow).join(', ')}
                </Fact>
              )}
              <Fact name="Uptime">{formatDuration(uptimeSeconds * 1000)}</Fact>
              <Fact name="Memory">{memoryMb} MB</Fact>
              <Fact name="Runs">
                {runs.running} of {runs.maxRunning} running, {runs.queued} queued, {runs.suspended} suspended
              </Fact>
              <Fact name="Stuck">{stuck === 0 ? 'None' : stuck}</Fact>
              {folder === undefined ? null : <Fact name="Data folder">{folder}</Fact>}
            </dl>
          )}
        </WhenLoaded>
      </section>
      <section className="section" aria-labelledby="elsewhere">
        <h2 id="elsewhere">Other settings</h2>
        <p>
          <Link href="/connections">Connections</Link> to providers, <Link href="/secrets">secrets</Link>,{' '}
          <Link href="/policies">routing policies</Link> and <Link href="/spend">budgets</Link> have their own pages.
        </p>
      </section>
      {isShowing ? (
        <Dialog title="Keyboard shortcuts" onClose={() => setShowing(false)}>
          <ShortcutTable />
        </Dialog>
      ) : null}
    </>
  );
}
