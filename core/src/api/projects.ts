import { z } from 'zod';
import { Role } from '../access/permissions.js';
import { withReadOnly } from './read-only.js';

const Name = z.string().trim().min(1).max(100);
const Roles = z.array(Role).max(6);

/** The header that names the project of a request: where new things go, and which things lists show. */
export const projectHeader = 'heddle-project';

export const ProjectReply = z
  .object({
    id: z.string(),
    name: z.string(),
    /** What the caller is there. */
    roles: Roles,
    /** Whether the caller may say who its members are. */
    isManager: z.boolean(),
    /** Since when nothing new happens in it (epoch milliseconds); left out for one that is worked in. */
    archivedAt: z.number().optional(),
  })
  .meta({ id: 'ProjectReply' });
export type ProjectReply = z.infer<typeof ProjectReply>;
export const ProjectsReply = z.object({ projects: z.array(ProjectReply) }).meta({ id: 'ProjectsReply' });
export type ProjectsReply = z.infer<typeof ProjectsReply>;

/** `POST /api/projects`. */
export const ProjectRequest = z
  .strictObject({
    name: Name,
    /** Id of a project: what is granted to it, the new one may use, too. Without it the new one may use nothing yet. */
    grantsFrom: z.string().max(64).optional(),
  })
  .meta({ id: 'ProjectRequest' });
export type ProjectRequest = z.infer<typeof ProjectRequest>;
/** `PATCH /api/projects/:id`. */
export const ChangeProjectRequest = withReadOnly(ProjectRequest.omit({ grantsFrom: true }), ProjectReply).meta({
  id: 'ChangeProjectRequest',
});

/** Somebody, or the account of a program, in a project. */
export const MemberReply = z
  .object({
    /** `user:ID` or `service:ID`. */
    member: z.string(),
    name: z.string(),
    email: z.string().optional(),
    roles: Roles,
  })
  .meta({ id: 'MemberReply' });
export type MemberReply = z.infer<typeof MemberReply>;
export const MembersReply = z.object({ members: z.array(MemberReply) }).meta({ id: 'MembersReply' });
export type MembersReply = z.infer<typeof MembersReply>;

/** `PUT /api/projects/:id/members/:member`; no role takes the member out. */
export const SetMemberRequest = withReadOnly(z.strictObject({ roles: Roles }), MemberReply).meta({
  id: 'SetMemberRequest',
});
export type SetMemberRequest = z.infer<typeof SetMemberRequest>;

/** The account of a program: its keys act for it. */
export const ServiceReply = z.object({ id: z.string(), name: z.string() }).meta({ id: 'ServiceReply' });
export type ServiceReply = z.infer<typeof ServiceReply>;
export const ServicesReply = z.object({ services: z.array(ServiceReply) }).meta({ id: 'ServicesReply' });
export type ServicesReply = z.infer<typeof ServicesReply>;

/** `POST /api/services`: in the project of the request. */
export const CreateServiceRequest = z
  .strictObject({ name: Name, roles: Roles.min(1).default(['runner']) })
  .meta({ id: 'CreateServiceRequest' });
export type CreateServiceRequest = z.infer<typeof CreateServiceRequest>;
