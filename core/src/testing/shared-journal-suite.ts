import type { Journal } from '../ports/journal.js';
import type { Claimant, RunClaim, RunClaims } from '../ports/cluster/run-claims.js';
import type { Leases } from '../ports/cluster/leases.js';
import type { RunCommands } from '../ports/cluster/run-commands.js';
import type { Workers } from '../ports/cluster/workers.js';
import { acceptRun, appendTo, records } from './journal-fixtures.js';
import { check, checkEqual, checkRejects, type SuiteCase } from './suite.js';

/** The journal, claims and workers of one process. */
export interface SharedJournal {
  readonly journal: Journal;
  readonly claims: RunClaims;
  readonly workers: Workers;
  readonly leases: Leases;
  readonly commands: RunCommands;
}

/** An empty database that several processes share. */
export interface SharedJournalSubject {
  /** Opens the database as another process would. */
  readonly open: () => SharedJournal;
  /** Moves the last renewal of a worker into the past, as if it had been silent since then. */
  readonly silence: (boot: string, milliseconds: number) => Promise<void>;
}

/** A UUID that contains a number. */
const bootOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const batchOf = (number: number): string => `10000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

async function workerOf(
  { workers }: SharedJournal,
  number: number,
  capabilities: readonly string[] = [],
  classes?: readonly string[],
): Promise<Claimant> {
  const boot = bootOf(number);
  await workers.register({
    name: `worker-${number}`,
    boot,
    version: '1',
    capabilities,
    slots: 4,
    ...(classes && { classes }),
  });
  return { boot, capabilities };
}

async function claimed(process: SharedJournal, runId: string, claimant: Claimant): Promise<RunClaim> {
  const claim = await process.claims.claim(runId, claimant);
  check(claim !== undefined, `${runId} could not be claimed`);
  return claim;
}

/** The fields of a claim without its times. */
const held = (claim: RunClaim | undefined): object | undefined =>
  claim && { runId: claim.runId, epoch: claim.epoch, lastSeq: claim.lastSeq };

const ids = (claims: readonly RunClaim[]): readonly string[] => claims.map(({ runId }) => runId).sort();

const claiming: readonly SuiteCase<SharedJournalSubject>[] = [
  {
    name: 'gives a run to one of two workers that claim it at once',
    async run({ open }) {
      const one = open();
      const other = open();
      await acceptRun(one.journal, 'run-1');
      const workers = [await workerOf(one, 1), await workerOf(other, 2)] as const;
      const claims = await Promise.all([
        one.claims.claim('run-1', workers[0]),
        other.claims.claim('run-1', workers[1]),
        one.claims.claim('run-1', workers[0]),
      ]);
      checkEqual(claims.filter((claim) => claim !== undefined).length, 1, 'not exactly one won');
      checkEqual(
        claims.map(held).find((claim) => claim !== undefined),
        { runId: 'run-1', epoch: 1, lastSeq: 0 },
        'the claim is wrong',
      );
    },
  },
  {
    name: 'claims no run that is unknown, paused, at its end, or needs what the worker cannot do',
    async run({ open }) {
      const process = open();
      const plain = await workerOf(process, 1, ['cpu']);
      const able = await workerOf(process, 2, ['gpu', 'cpu', 'zone:a']);
      await acceptRun(process.journal, 'paused');
      await appendTo(process.journal, 'paused', [{ type: 'run-pause', time: 1, reason: 'stop' }]);
      await acceptRun(process.journal, 'ended');
      await appendTo(process.journal, 'ended', [records.runEnd()]);
      await acceptRun(process.journal, 'needy', { needs: ['gpu', 'zone:a'] });
      for (const runId of ['none', 'paused', 'ended', 'needy'])
        check((await process.claims.claim(runId, plain)) === undefined, `${runId} was claimed`);
      checkEqual(await process.claims.claimNext(plain, 10), [], 'the plain worker got a run');
      checkEqual(ids(await process.claims.claimNext(able, 10)), ['needy'], 'the able worker did not get the run');
    },
  },
  {
    name: 'gives a run to workers of its class only, also where many runs of another class are before it',
    async run({ open }) {
      const process = open();
      const cpu = await workerOf(process, 1);
      const both = await workerOf(process, 2, ['model:a'], ['cpu', 'gpu']);
      for (let number = 0; number < 12; number += 1)
        await acceptRun(process.journal, `gpu-${number}`, { workerClass: 'gpu', needs: ['model:a'] });
      await acceptRun(process.journal, 'late');
      check(
        (await process.claims.claim('gpu-0', { ...cpu, capabilities: ['model:a'] })) === undefined,
        'it was claimed',
      );
      checkEqual(ids(await process.claims.claimNext(cpu, 2)), ['late'], 'the worker of the class cpu got others');
      const claim = await claimed(process, 'gpu-0', both);
      checkEqual([claim.class, (claim.waitedMs ?? -1) >= 0], ['gpu', true], 'the claim says nothing of its wait');
      checkEqual((await process.claims.claimNext(both, 20)).length, 11, 'the rest was not claimed');
    },
  },
  {
    name: 'gives a run to one of the able workers while others ask for it too, and to a worker once it is able',
    async run({ open }) {
      const processes = Array.from({ length: 6 }, open);
      const [first] = processes;
      check(first !== undefined, 'there is no process');
      const claimants = await Promise.all(
        processes.map((process, number) => workerOf(process, number + 1, number % 2 === 0 ? [] : ['zone:a'])),
      );
      for (let number = 0; number < 9; number += 1)
        await acceptRun(first.journal, `run-${number}`, { needs: ['zone:a'] });
      const claims = await Promise.all(
        processes.flatMap(({ claims }, number) => [
          claims.claimNext(claimants[number] ?? { boot: '', capabilities: [] }, 2),
          claims
            .claim('run-0', claimants[number] ?? { boot: '', capabilities: [] })
            .then((claim) => (claim ? [claim] : [])),
        ]),
      );
      const of = (isAble: boolean) => claims.filter((_, at) => (Math.floor(at / 2) % 2 === 1) === isAble).flat();
      checkEqual(of(false), [], 'a worker got what it cannot run');
      const runIds = new Set(of(true).map(({ runId }) => runId));
      checkEqual(runIds.size, of(true).length, 'a run was claimed twice');
      const [plain] = claimants;
      check(plain !== undefined, 'there is no worker');
      await acceptRun(first.journal, 'waits', { needs: ['zone:b'] });
      check((await first.claims.claim('waits', plain)) === undefined, 'it was claimed too early');
      check((await first.workers.renew(plain.boot, ['zone:b'])) === 'ready', 'the worker is not ready');
      checkEqual((await first.workers.list())[0]?.capabilities, ['zone:b'], 'the registry has other capabilities');
      check(
        (await first.claims.claim('waits', { ...plain, capabilities: ['zone:b'] })) !== undefined,
        'it was not claimed',
      );
    },
  },
  {
    name: 'gives a run back, and the next claim has a higher epoch and the last record',
    async run({ open }) {
      const one = open();
      const other = open();
      await acceptRun(one.journal, 'run-1');
      const first = await claimed(one, 'run-1', await workerOf(one, 1));
      await one.journal.append('run-1', [records.runStart()], { fence: { epoch: 1, after: 0, batch: batchOf(1) } });
      check(await one.claims.release(first), 'the claim was not held');
      check(!(await one.claims.release(first)), 'it was given back twice');
      const second = await claimed(other, 'run-1', await workerOf(other, 2));
      checkEqual(held(second), { runId: 'run-1', epoch: 2, lastSeq: 1 }, 'the second claim is wrong');
      check(!(await one.claims.release(first)), 'an older claim gave the run back');
    },
  },
  {
    name: 'claims runs in turns by project and by workflow, those that had begun first',
    async run({ open }) {
      const process = open();
      const worker = await workerOf(process, 1);
      const caller = (project: string) => ({ principal: 'user:1', project });
      for (let number = 0; number < 6; number += 1)
        await acceptRun(process.journal, `a${number}`, { workflowId: 'many', caller: caller('a') });
      await acceptRun(process.journal, 'a-other', { workflowId: 'few', caller: caller('a') });
      await acceptRun(process.journal, 'b0', { caller: caller('b') });
      await acceptRun(process.journal, 'begun', { caller: caller('a'), workflowId: 'begun' });
      await appendTo(process.journal, 'begun', [records.runStart()]);
      const order: string[] = [];
      for (let turn = 0; turn < 4; turn += 1) order.push(...ids(await process.claims.claimNext(worker, 1)));
      checkEqual(order, ['begun', 'b0', 'a0', 'a-other'], 'the order is wrong');
      checkEqual(ids(await process.claims.claimNext(worker, 3)), ['a1', 'a2', 'a3'], 'the rest is wrong');
    },
  },
  {
    name: 'gives each run to one of many workers that ask for the next runs at once',
    async run({ open }) {
      const processes = Array.from({ length: 4 }, open);
      const [first] = processes;
      check(first !== undefined, 'there is no process');
      for (let number = 0; number < 30; number += 1) await acceptRun(first.journal, `run-${number}`);
      const claimants = await Promise.all(processes.map((process, number) => workerOf(process, number + 1)));
      const got: string[] = [];
      for (let round = 0; got.length < 30; round += 1) {
        check(round < 60, `only ${got.length} of 30 runs were claimed`);
        const claims = await Promise.all(
          processes.map(({ claims: shared }, number) =>
            shared.claimNext(claimants[number] ?? { boot: '', capabilities: [] }, 3),
          ),
        );
        got.push(...claims.flat().map(({ runId }) => runId));
      }
      checkEqual(new Set(got).size, 30, 'a run was claimed twice');
    },
  },
  {
    name: 'claims a suspended run whose time has come, and no other suspended run',
    async run({ open }) {
      const process = open();
      const worker = await workerOf(process, 1);
      for (const runId of ['due', 'later', 'person']) await acceptRun(process.journal, runId);
      await appendTo(process.journal, 'due', [records.suspend(1_000)]);
      await appendTo(process.journal, 'later', [records.suspend(Date.now() + 86_400_000)]);
      await appendTo(process.journal, 'person', [records.suspend(undefined)]);
      checkEqual(ids(await process.claims.claimNext(worker, 10)), ['due'], 'the wrong runs were claimed');
      check(
        (await process.claims.claim('person', worker)) !== undefined,
        'a run with an answer cannot be claimed by its id',
      );
    },
  },
];

const fencing: readonly SuiteCase<SharedJournalSubject>[] = [
  {
    name: 'refuses what an earlier owner appends, and stores nothing of it',
    async run({ open }) {
      const zombie = open();
      const owner = open();
      await acceptRun(zombie.journal, 'run-1');
      const first = await claimed(zombie, 'run-1', await workerOf(zombie, 1));
      await zombie.claims.release(first);
      const second = await claimed(owner, 'run-1', await workerOf(owner, 2));
      const late = (batch: number, after = 0) =>
        zombie.journal.append('run-1', [records.runStart(), records.nodeEnd('late')], {
          fence: { epoch: first.epoch, after, batch: batchOf(batch) },
        });
      await checkRejects(Promise.resolve(late(1)), 'run_lost');
      await owner.journal.append('run-1', [records.runStart()], {
        fence: { epoch: second.epoch, after: 0, batch: batchOf(2) },
      });
      await checkRejects(Promise.resolve(late(3)), 'run_lost');
      await checkRejects(Promise.resolve(late(4, 1)), 'run_lost');
      await owner.journal.append('run-1', [records.runEnd()], {
        fence: { epoch: second.epoch, after: 1, batch: batchOf(5) },
      });
      await checkRejects(Promise.resolve(late(6, 2)), 'run_lost');
      checkEqual(
        (await owner.journal.events('run-1')).map(({ type }) => type),
        ['run-start', 'run-end'],
        'a zombie wrote',
      );
    },
  },
  {
    name: 'stores a batch once that is sent again after its answer was lost, also after the end of the run',
    async run({ open }) {
      const process = open();
      await acceptRun(process.journal, 'run-1');
      const { epoch } = await claimed(process, 'run-1', await workerOf(process, 1));
      const send = (after: number, batch: number, list: Parameters<typeof appendTo>[2]) =>
        process.journal.append('run-1', list, { fence: { epoch, after, batch: batchOf(batch) } });
      const start = [records.runStart(), records.nodeStart('a'), records.nodeEnd('a')];
      checkEqual([await send(0, 1, start), await send(0, 1, start)], [1, 1], 'the retry has another answer');
      checkEqual(
        [await send(3, 2, [records.runEnd()]), await send(3, 2, [records.runEnd()])],
        [4, 4],
        'the end is wrong',
      );
      await checkRejects(Promise.resolve(send(4, 3, [records.nodeStart('late')])), 'run_terminal');
      checkEqual((await process.journal.events('run-1')).length, 4, 'a batch was stored twice');
    },
  },
  {
    name: 'refuses an append that does not follow the last record',
    async run({ open }) {
      const process = open();
      await acceptRun(process.journal, 'run-1');
      const { epoch } = await claimed(process, 'run-1', await workerOf(process, 1));
      const send = (after: number, batch: number) =>
        Promise.resolve(
          process.journal.append('run-1', [records.nodeStart(`n${batch}`)], {
            fence: { epoch, after, batch: batchOf(batch) },
          }),
        );
      await send(0, 1);
      await checkRejects(send(0, 2), 'run_lost');
      await checkRejects(send(2, 3), 'run_lost');
      checkEqual(await send(1, 4), 2, 'the next append was refused');
    },
  },
  {
    name: 'keeps those away from a run who do not own it',
    async run({ open }) {
      const process = open();
      const other = open();
      await acceptRun(process.journal, 'run-1');
      const claim = await claimed(process, 'run-1', await workerOf(process, 1));
      await checkRejects(appendTo(other.journal, 'run-1', [records.runStart()]), 'run_lost');
      other.journal.saveDeltas('run-1', [deltaOf('run-1', 'text of another')], claim.epoch + 1);
      checkEqual(await other.journal.streams('run-1'), [], 'text of another owner was stored');
      await process.claims.release(claim);
      checkEqual(await appendTo(other.journal, 'run-1', [records.runStart()]), 1, 'a run without an owner was refused');
    },
  },
  {
    name: 'takes the owner from a run that ends',
    async run({ open }) {
      const process = open();
      await acceptRun(process.journal, 'run-1');
      const claim = await claimed(process, 'run-1', await workerOf(process, 1));
      await process.journal.append('run-1', [records.runEnd()], {
        fence: { epoch: claim.epoch, after: 0, batch: batchOf(1) },
      });
      check(!(await process.claims.release(claim)), 'a run that has ended had an owner');
    },
  },
  {
    name: 'numbers without gap or double while eight processes write to one run',
    async run({ open }) {
      const processes = Array.from({ length: 8 }, open);
      const [first] = processes;
      check(first !== undefined, 'there is no process');
      await acceptRun(first.journal, 'run-1');
      const firsts = await Promise.all(
        processes.flatMap(({ journal }, number) =>
          Array.from({ length: 6 }, (_, at) =>
            appendTo(journal, 'run-1', [records.nodeStart(`n${number}-${at}`), records.nodeEnd(`n${number}-${at}`)]),
          ),
        ),
      );
      checkEqual(
        [...firsts].sort((a, b) => a - b),
        Array.from({ length: 48 }, (_, at) => 2 * at + 1),
        'the seqs are wrong',
      );
      const events = await first.journal.events('run-1');
      checkEqual(
        events.map(({ seq }) => seq),
        Array.from({ length: 96 }, (_, at) => at + 1),
        'there is a gap',
      );
      checkEqual(new Set(events.map((event) => ('path' in event ? event.path : ''))).size, 48, 'an append is missing');
    },
  },
];

const commanding: readonly SuiteCase<SharedJournalSubject>[] = [
  {
    name: 'keeps a command until it is carried out, shows it to the owner of its run alone, and stores its first outcome',
    async run({ open }) {
      const sender = open();
      const owner = open();
      const other = open();
      await acceptRun(sender.journal, 'run-1');
      const first = await workerOf(owner, 1);
      const second = await workerOf(other, 2);
      await claimed(owner, 'run-1', first);
      const cancel = { kind: 'cancel', by: 'user:1', reason: 'a \u0000 and a half \ud800' } as const;
      const answer = { kind: 'answer', requestId: 'q', value: { text: ['\u0000', 1] } } as const;
      const sent = await sender.commands.send(batchOf(1), 'run-1', cancel);
      checkEqual(sent, { owner: first.boot, class: 'cpu', epoch: 1 }, 'the owner is wrong');
      await Promise.all([1, 2].map(() => sender.commands.send(batchOf(2), 'run-1', answer)));
      const open1 = [
        { id: batchOf(1), runId: 'run-1', command: cancel },
        { id: batchOf(2), runId: 'run-1', command: answer },
      ];
      checkEqual(await owner.commands.ofOwner(first.boot), open1, 'the owner does not see them');
      checkEqual(await owner.commands.ofRun('run-1'), open1, 'the run does not have them');
      checkEqual(await other.commands.ofOwner(second.boot), [], 'another worker sees them');
      checkEqual(await other.commands.ofOrphans(10), [], 'they count as orphans');
      checkEqual(await sender.commands.outcome(batchOf(1)), undefined, 'there is an outcome');
      await owner.commands.settle(batchOf(1), { status: 'done' });
      const error = { code: 'conflict', message: 'late', retryable: false };
      await owner.commands.settle(batchOf(1), { status: 'refused', error });
      await owner.commands.settle(batchOf(2), { status: 'refused', error });
      checkEqual(
        [await sender.commands.outcome(batchOf(1)), await sender.commands.outcome(batchOf(2))],
        [{ status: 'done' }, { status: 'refused', error }],
        'the outcomes are wrong',
      );
      checkEqual(await owner.commands.ofOwner(first.boot), [], 'a settled command is open');
      await sender.commands.send(batchOf(1), 'run-1', cancel);
      checkEqual(await owner.commands.ofRun('run-1'), [], 'a settled command was opened by a retry');
    },
  },
  {
    name: 'shows commands of runs without an owner to all, also of one that has ended since, and takes none for an ended or unknown run',
    async run({ open }) {
      const process = open();
      const other = open();
      await acceptRun(process.journal, 'run-1');
      await acceptRun(process.journal, 'run-2');
      const cancel = { kind: 'cancel' } as const;
      checkEqual(
        (await process.commands.send(batchOf(1), 'run-1', cancel)).owner,
        undefined,
        'a run without an owner has one',
      );
      await process.commands.send(batchOf(2), 'run-2', { kind: 'pause', reason: 'stop' });
      await appendTo(process.journal, 'run-2', [records.runEnd()]);
      checkEqual(
        (await other.commands.ofOrphans(10)).map(({ id }) => id),
        [batchOf(1), batchOf(2)],
        'the orphans are wrong',
      );
      checkEqual((await other.commands.ofOrphans(1)).length, 1, 'there are more than asked for');
      await claimed(process, 'run-1', await workerOf(process, 1));
      checkEqual(
        (await other.commands.ofOrphans(10)).map(({ id }) => id),
        [batchOf(2)],
        'a claimed run is an orphan',
      );
      await checkRejects(process.commands.send(batchOf(3), 'run-2', cancel), 'run_terminal');
      await checkRejects(process.commands.send(batchOf(4), 'none', cancel), 'run_not_found');
    },
  },
  {
    name: 'claims a suspended run that was answered, and only those that have been ready for long enough',
    async run({ open }) {
      const process = open();
      const worker = await workerOf(process, 1);
      for (const runId of ['answered', 'cancelled', 'new']) await acceptRun(process.journal, runId);
      for (const runId of ['answered', 'cancelled'])
        await appendTo(process.journal, runId, [records.suspend(undefined)]);
      for (const [at, requestId] of ['q', 'r'].entries())
        await process.commands.send(batchOf(at), 'answered', { kind: 'answer', requestId, value: 1 });
      await process.commands.send(batchOf(9), 'cancelled', { kind: 'cancel' });
      checkEqual(await process.claims.claimNext(worker, 10, 600_000), [], 'a run was claimed too early');
      checkEqual(ids(await process.claims.claimNext(worker, 10)), ['answered', 'new'], 'the wrong runs were claimed');
    },
  },
];

const deltaOf = (runId: string, text: string) =>
  ({ type: 'node-delta', runId, time: 1, path: 'a', attempt: 1, port: 'text', offset: 0, delta: text }) as const;

const living: readonly SuiteCase<SharedJournalSubject>[] = [
  {
    name: 'does not let a worker claim or renew that was silent for too long',
    async run({ open, silence }) {
      const process = open();
      const worker = await workerOf(process, 1);
      await acceptRun(process.journal, 'run-1');
      check(await process.workers.renew(worker.boot), 'a worker that lives was refused');
      await silence(worker.boot, 11_000);
      check((await process.claims.claim('run-1', worker)) === undefined, 'a dead worker claimed a run');
      checkEqual(await process.claims.claimNext(worker, 1), [], 'a dead worker got a run');
      check(!(await process.workers.renew(worker.boot)), 'a dead worker came back');
      const [row] = await process.workers.list();
      checkEqual([row?.isAlive, (row?.silentMs ?? 0) >= 11_000], [false, true], 'the registry is wrong');
    },
  },
  {
    name: 'retires an earlier boot of a name at once, with its runs',
    async run({ open }) {
      const old = open();
      const fresh = open();
      await acceptRun(old.journal, 'run-1');
      const claim = await claimed(old, 'run-1', await workerOf(old, 1));
      await fresh.workers.register({ name: 'worker-1', boot: bootOf(9), version: '2', capabilities: [], slots: 1 });
      check(!(await old.workers.renew(bootOf(1))), 'the old boot is still known');
      await checkRejects(
        Promise.resolve(
          old.journal.append('run-1', [records.runStart()], {
            fence: { epoch: claim.epoch, after: 0, batch: batchOf(1) },
          }),
        ),
        'run_lost',
      );
      checkEqual(
        (await claimed(fresh, 'run-1', { boot: bootOf(9), capabilities: [] })).epoch,
        2,
        'the run is not free',
      );
    },
  },
  {
    name: 'gives a worker that drains no more runs, and takes the runs of one that leaves',
    async run({ open }) {
      const process = open();
      const worker = await workerOf(process, 1);
      for (const runId of ['run-1', 'run-2']) await acceptRun(process.journal, runId);
      const claim = await claimed(process, 'run-1', worker);
      await process.workers.drain(worker.boot);
      check((await process.claims.claim('run-2', worker)) === undefined, 'a draining worker claimed a run');
      check((await process.workers.renew(worker.boot)) === 'draining', 'a draining worker does not live');
      const [row] = await process.workers.list();
      checkEqual([row?.runs, row?.role, row?.state], [1, 'worker', 'draining'], 'the registry is wrong');
      await process.workers.leave(worker.boot);
      check(!(await process.claims.release(claim)), 'a worker that left has a run');
    },
  },
  {
    name: 'gives a lease to one holder at a time, with a token that rises',
    async run({ open }) {
      const one = open();
      const other = open();
      const [a, b] = await Promise.all([
        one.leases.acquire('r', 'one', 60_000),
        other.leases.acquire('r', 'other', 60_000),
      ]);
      const first = a ?? b;
      check(first !== undefined && (a === undefined || b === undefined), 'not exactly one has the lease');
      const again = await one.leases.acquire('r', first.holder, 60_000);
      checkEqual(again, first, 'the holder did not find its own lease');
      check(await one.leases.renew(first, 60_000), 'the holder could not renew');
      check(await one.leases.release(first), 'the holder could not release');
      const second = await other.leases.acquire('r', 'third', 60_000);
      check(second !== undefined && second.token > first.token, 'the token did not rise');
      check(!(await one.leases.renew(first, 60_000)), 'an earlier holder renewed');
      check(!(await one.leases.release(first)), 'an earlier holder released the lease of another');
      check((await other.leases.acquire('another', 'one', 60_000)) !== undefined, 'leases of other names are held');
    },
  },
  {
    name: 'ends a lease by the clock of the database, also for its holder',
    async run({ open }) {
      const process = open();
      const lease = await process.leases.acquire('r', 'one', 1);
      check(lease !== undefined, 'there is no lease');
      await new Promise((resolve) => setTimeout(resolve, 20));
      check(!(await process.leases.renew(lease, 60_000)), 'a lease that had ended was renewed');
      const next = await process.leases.acquire('r', 'other', 60_000);
      check(next !== undefined && next.token > lease.token, 'another could not take a lease that had ended');
    },
  },
];

/**
 * The conformance suite of journals that several processes share, with claims, leases and workers. Each test gets an empty database.
 *
 * @example for (const promise of sharedJournalSuite) it(promise.name, () => promise.run(subject));
 */
export const sharedJournalSuite: readonly SuiteCase<SharedJournalSubject>[] = [
  ...claiming,
  ...fencing,
  ...commanding,
  ...living,
];
