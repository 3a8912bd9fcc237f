import type { peopleEn } from '../en/people.ts';

export const peopleZhCn: Readonly<Record<keyof typeof peopleEn, string>> = {
  'agents.title': '坐席',
  'agents.pool': '坐席池',
  'agents.notShown': '无法显示坐席。',
  'agents.noPool': '还没有坐席池',
  'agents.noPoolWhat': '管理员可以添加。',
  'agents.name': '姓名',
  'agents.state': '状态',
  'agents.since': '已持续',
  'agents.callsToday': '今日通话',
  'agents.commands': '可用操作',
  'agents.automatic': '自动工作',
  'agents.alarms': '警报',
  'agents.everybody': '同时显示未登录的坐席',
  'agents.noneWhat': '坐席接好电话后显示在这里。',
  'agents.readyOf': '让{name}就绪',
  'agents.pauseOf': '让{name}暂停',
  'pause.supervisor': '由班长设置',
};
