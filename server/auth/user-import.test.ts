import { expect, test } from 'vitest';
import type { PoolId } from '../../kernel/ids.ts';
import { planUserImport, withTakenEmails, type KnownBefore } from './user-import.ts';

const poolId = 'pool-1' as PoolId;
const KNOWN: KnownBefore = {
  pools: [{ poolId, name: 'Agents' }],
  teams: ['North'],
  emails: ['Taken@Example.com'],
  extensions: ['1001'],
};
const problemsOf = (text: string, known = KNOWN): string[] =>
  planUserImport(text, known).preview.lines.flatMap(({ line, problems }) =>
    problems.map(({ column, code }) => `${line} ${column} ${code}`),
  );

test('people are read from any delimiter, with columns in any order and in either language', () => {
  const files = [
    'name,email,role,team,pool,extension\nAda,ada@example.com,agent,North,agents,2001\n',
    '\ufeffextension;pool;team;role;email;name\r\n2001;Agents;north;Agent;ada@example.com;Ada\r\n',
    '姓名\t邮箱\t角色\t团队\t坐席池\t分机\nAda\tada@example.com\t坐席\tNorth\tAgents\t2001',
  ];
  for (const file of files) {
    const { preview, people } = planUserImport(file, KNOWN);
    expect(preview).toMatchObject({ fileProblem: null, faulty: 0, newTeams: [] });
    expect(people).toEqual([
      {
        name: 'Ada',
        email: 'ada@example.com',
        role: 'agent',
        locale: 'en',
        team: 'North',
        seat: { poolId, poolName: 'Agents', extension: '2001' },
      },
    ]);
  }
});

test('every line says what stands in its way', () => {
  const header = 'name,email,role,pool,extension';
  expect(
    problemsOf(
      [
        header,
        ',no address,boss,Agents,2001',
        'Ada,taken@example.com,agent,Agents,1001',
        'Ben,ben@example.com,agent,Nowhere,2002',
        'Cem,ben@example.com,agent,,2002',
        'Dora,dora@example.com,agent,Agents,sofia/x',
        'Eve,eve@example.com,officer,,',
      ].join('\n'),
    ),
  ).toEqual([
    '2 name missing',
    '2 email bad-email',
    '2 role unknown-role',
    '3 email email-taken',
    '3 extension extension-taken',
    '4 pool unknown-pool',
    '5 email email-twice',
    '5 extension extension-twice',
    '6 extension bad-extension',
  ]);
});

test('with several pools an agent must name his', () => {
  const pools = [...KNOWN.pools, { poolId: 'pool-2' as PoolId, name: 'Second' }];
  const file = 'name,email,extension\nAda,ada@example.com,2001';
  expect(problemsOf(file)).toEqual([]);
  expect(problemsOf(file, { ...KNOWN, pools })).toEqual(['2 pool missing']);
});

test('a team that is new is named once, however often it is meant', () => {
  const file =
    'name,email,team,extension\nAda,a@example.com,South,2001\nBen,b@example.com, south ,2002\nCem,c@example.com,north,2003';
  const { preview, people } = planUserImport(file, KNOWN);
  expect(preview.newTeams).toEqual(['South']);
  expect(people.map(({ team }) => team)).toEqual(['South', 'South', 'North']);
});

test('a file that cannot be read as a whole says why', () => {
  const problem = (text: string): unknown => planUserImport(text, KNOWN).preview.fileProblem;
  expect(problem('')).toEqual({ code: 'empty', about: '' });
  expect(problem('name,email\n')).toEqual({ code: 'empty', about: '' });
  expect(problem('who,email\nAda,a@example.com')).toEqual({ code: 'missing-column', about: 'name' });
  expect(problem('name,email\n"Ada,a@example.com')).toMatchObject({ code: 'unreadable' });
  const many = Array.from({ length: 501 }, (_, i) => `N,n${i}@example.com`).join('\n');
  expect(problem(`name,email\n${many}`)).toEqual({ code: 'too-many', about: '501' });
});

test('an address that only the database knew is shown at its line, and nobody is added', () => {
  const plan = planUserImport('name,email,extension\nAda,Ada@example.com,2001', KNOWN);
  const { preview, people } = withTakenEmails(plan, ['ada@example.com']);
  expect(people).toEqual([]);
  expect(preview.faulty).toBe(1);
  expect(preview.lines[0]?.problems).toEqual([{ column: 'email', code: 'email-taken' }]);
});
