import type { Locale } from '../compliance/locale.ts';
import { unreachable } from '../kernel/assert.ts';
import type { NotDialling } from './live-view.ts';

/** Why a pool places no call, for people: one sentence, and where there is something to do, what. */
export function notDiallingSentence(why: NotDialling, locale: Locale): string {
  const isChinese = locale === 'zh-CN';
  switch (why.code) {
    case 'taken-over':
      return isChinese ? '另一个进程已接管该坐席池。' : 'Another process has taken over this pool.';
    case 'closing':
      return isChinese ? '该进程即将结束。' : 'This process is about to end.';
    case 'database-down':
      return isChinese
        ? '数据库没有响应；进行中的通话继续，恢复前不拨新的电话。'
        : 'The database does not answer; calls in progress go on, no new call is placed until it is back.';
    case 'switch-down':
      return isChinese
        ? `无法连接电话交换机（${why.detail}），正在重试。`
        : `No connection to the switch (${why.detail}); trying again.`;
    case 'taking-over':
      return isChinese
        ? '正在接管已有的通话，随后开始拨号。'
        : 'Taking over the calls that are up; dialling begins in a moment.';
    case 'clock-unknown':
      return isChinese
        ? '正在核对本机与数据库的时钟，随后开始拨号。'
        : "Comparing this machine's clock with the database's; dialling begins in a moment.";
    case 'clock-off': {
      const seconds = (why.offsetMs / 1000).toFixed(1);
      return isChinese
        ? `本机时钟与数据库相差 ${seconds} 秒；请校准时钟（NTP），之后继续拨号。`
        : `This machine's clock is ${seconds} s off the database's; set it right (NTP), then dialling goes on.`;
    }
    default:
      return unreachable(why);
  }
}
