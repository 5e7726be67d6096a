import {
  authorise,
  PublishCheck,
  PublishCheckRequest,
  PublishRequest,
  RunTestsRequest,
  SetLiveRequest,
  TestReport,
  VersionReply,
  VersionsReply,
  WorkflowVersion,
  type AuditActor,
  type Principal,
  queryNumber,
} from '@heddle/core';
import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { Actor, Caller } from '../auth/caller.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { Ownership } from '../auth/rights/ownership.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { PublishingService } from './publishing.service.js';
import { WorkflowService } from '../workflows/workflow.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

const target = { kind: 'workflow', param: 'id' } as const;
const Side = z.union([z.literal('draft'), queryNumber(z.int().positive())]);
const DiffQuery = z.object({ from: Side, to: Side.default('draft') });
const DiffReply = z.object({ diff: z.unknown(), text: z.string() }).meta({ id: 'DiffReply' });
const NumberParam = queryNumber(z.int().positive());
const TestsBody = z.strictObject({ content: z.string().max(2_000_000) }).meta({ id: 'WorkflowTestsBody' });

/** Versions of a workflow, for its authors. */
@Controller('api/workflows/:id')
export class VersionsController {
  constructor(
    private readonly versionService: PublishingService,
    private readonly workflows: WorkflowService,
    private readonly ownership: Ownership,
    private readonly clock: TrustedClock,
  ) {}

  @Post('publish/check')
  @Access('workflow:read', target)
  @Reply(PublishCheck)
  async check(
    @Param('id') id: string,
    @Body({ schema: PublishCheckRequest }) request: z.infer<typeof PublishCheckRequest>,
    @Caller() caller: Principal,
  ): Promise<PublishCheck> {
    await this.requireTestRight(id, caller);
    return this.versionService.check(id, request);
  }

  @Post('publish')
  @Access('workflow:publish', target)
  @Reply(WorkflowVersion, 201)
  publish(
    @Param('id') id: string,
    @Body({ schema: PublishRequest }) request: PublishRequest,
    @Caller() caller: Principal,
    @Actor() { project }: AuditActor,
  ): Promise<WorkflowVersion> {
    return this.versionService.publish(id, request, caller, project);
  }

  @Get('versions')
  @Access('workflow:read', target)
  @Reply(VersionsReply)
  versions(@Param('id') id: string): Promise<VersionsReply> {
    return this.versionService.versions(id);
  }

  @Get('versions/:version')
  @Access('workflow:read', target)
  @Reply(VersionReply)
  version(@Param('id') id: string, @Param('version', { schema: NumberParam }) version: number): Promise<VersionReply> {
    return this.versionService.version(id, version);
  }

  /** Moves the live pointer; a rollback is one call. */
  @Post('live')
  @Access('workflow:publish', target)
  @Reply(VersionsReply)
  async setLive(
    @Param('id') id: string,
    @Body({ schema: SetLiveRequest }) { live, overrideGate: override }: z.infer<typeof SetLiveRequest>,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<VersionsReply> {
    await this.versionService.setLive(id, live ?? undefined, by, { caller, override });
    return this.versionService.versions(id);
  }

  @Get('diff')
  @Access('workflow:read', target)
  @Reply(DiffReply)
  diff(
    @Param('id') id: string,
    @Query({ schema: DiffQuery }) { from, to }: z.infer<typeof DiffQuery>,
  ): Promise<object> {
    return this.versionService.diff(id, from, to);
  }

  @Get('tests')
  @Access('workflow:read', target)
  @Reply(TestsBody)
  async tests(@Param('id') id: string): Promise<z.infer<typeof TestsBody>> {
    return { content: await this.versionService.tests(id) };
  }

  @Put('tests')
  @Access('workflow:write', target)
  @Reply(undefined, 204)
  setTests(
    @Param('id') id: string,
    @Body({ schema: TestsBody }) { content }: z.infer<typeof TestsBody>,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.versionService.setTests(id, content, by);
  }

  @Post('tests/run')
  @Access('run:draft', target)
  @Reply(TestReport)
  async runTests(
    @Param('id') id: string,
    @Body({ schema: RunTestsRequest }) { names }: RunTestsRequest,
  ): Promise<TestReport> {
    const workflow = await this.workflows.get(id);
    return (await this.versionService.test(workflow, names)) ?? { passed: 0, failed: 0, results: [] };
  }

  /**
   * Authors may check, and so may people who decide about publishing. The right to read is not enough, because a check runs the tests.
   * Errors: `forbidden`, `project_archived`.
   */
  private async requireTestRight(id: string, caller: Principal): Promise<void> {
    const workflow = await this.ownership.resourceOf('workflow', id);
    if (authorise(caller, 'workflow:write', workflow, this.clock.now()) === 'allowed') return;
    checkAccess(caller, 'workflow:publish', workflow, this.clock, id);
  }
}
