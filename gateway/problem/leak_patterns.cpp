#include "problem/leak_patterns.hpp"

namespace errata
{
namespace
{
using enum leak_kind;

// Grouped by what they betray. Each group is one automaton pass together with all the others, so that their number
// costs nothing; counted repetitions and `.*` would.
constexpr leak_pattern
    patterns[]{
        // Stack traces: Python, PHP, Ruby, generic headings
        {R"(Traceback \(most recent call last\)|(?i:\bstack ?trace:|\b(?:stack )?backtrace:|\bcall stack:|\b(?:framework|application|full) trace\b))",
         "trace|call stack:", tail},
        {R"(\bstack traceback:|\bRequire stack:)", "trace|require stack", tail},
        {R"(\bFile "[^"\n]+", line \d+)", "\", line ", tail},
        {R"((?:^|\s)#\d+ (?:\{main\}|[^\s(]+\(\d+\): |0x[0-9a-f]+))", "#9", tail},
        {R"(\.rb:\d+:in )", ".rb:", tail, false, refine_source_location},
        // Java, Kotlin, .NET, Node: "at" frames on their own line or after an indent that somebody has flattened
        {R"((?:\n[ \t]*|[ \t][ \t]+)at (?:async |new )?[\w$.<>/\[\]:@`+-]+)",
         "\nat |\n at|\n\tat|  at| \tat|\t at|\t\tat", tail},
        {R"((?:[\w$]+\.)+[\w$<>]+\([\w$]+\.(?:java|kt|scala|groovy|clj):\d+\)|\((?:Native Method|Unknown Source|<anonymous>)\))",
         ".scala:|.kt:|.java:|.groovy:|.clj:|(unknown source)|(native method)|(<anonymous>)", tail},
        {R"(\bnested exception is\b|\bCaused by: |---> |--- End of |\n\s*\.\.\. \d+ more\b|\bthrown in\b)",
         "... 9|thrown in|sted e|caused by: |---> |--- end of ", tail},
        {R"(\bUncaught (?:exception\b|[\w\\]*(?:Error|Exception|exception)\b)|\*\* \([A-Z][\w.]*\) )", "** (|uncaught ",
         tail},
        // Go, Rust, C++
        {R"(\bgoroutine \d+ \[|\bpanic: |\bruntime error: |\[signal SIG|\bpanicked at |RUST_BACKTRACE)",
         "goroutine 9|ntime e|panic: |rust_backtrace|panicked at |[signal sig", tail},
        {R"(\bterminate called |\bwhat\(\): |\+0x[0-9a-f]+\b|\bSegmentation fault|\bcore dumped\b)",
         "+0|segmentation fault|core dumped|what(): |terminate", tail},

        // Databases: error numbers and classes of drivers and mappers
        {R"(\bSQLSTATE\b|\bORA-\d\d\d\d\d|\bPLS-\d\d\d\d\d|\bPG::\w|\bMysql2::|\bSQLite3?::|\bSQLITE_[A-Z]+\b|\bER_(?:DUP|NO|PARSE|ACCESS_DENIED|LOCK|DATA|TRUNCATED|ROW_IS|BAD_(?:FIELD|DB|NULL|TABLE)|CON|QUERY|WRONG|SUBQUERY|NON)_[A-Z_]+\b)",
         "sqlstate|ora-9|pls-9|pg::|mysql2::|ite::|ite3::|sqlite_|er_dup|er_no|er_parse|er_access_denied|er_lock|er_"
         "data|"
         "er_truncated|er_row_is|er_bad_|er_con|er_query|er_wrong|er_subquery",
         tail},
        {R"(\bpsycopg2?\.|\bpymysql\.|\bsqlalchemy\.|\basyncpg\.|\bpq: |\bmysqli?_|\bPDO(?:Exception|::)|\bDoctrine\\DBAL|\bprisma\.\w+\.\w+\()",
         "psycopg|pymysql.|sqlalchemy.|asyncpg.|pq: |mysql_|mysqli_|pdoe|pdo::|doctrine\\dbal|prisma.", tail},
        {R"(\b(?:My)?S(?:QL|ql)\w*(?:Exception|Error)\b|\bQueryException\b|\bSequelize\w*Error\b|\bHibernate\w*Exception\b|\b[Jj][Dd][Bb][Cc]:|\bCould not open JDBC)",
         "sql|ryexc|sequelize|hibernate|jdbc:|could not open jdbc", tail},
        {R"(\bE11000 |\bMongo\w*(?:Error|Exception)\b|\bRedis\w*(?:Exception|Error)\b)", "redis|mongo|e11000 ", tail},
        // (a store that speaks HTTP itself says these to its own clients)
        {R"(\bWRONGTYPE |\bNOAUTH |\bCROSSSLOT |\bMISCONF Redis)", "wrongtype |noauth |crossslot |misconf redis", tail,
         true},
        {R"(\b(?:Error|ERROR) \d\d\d\d \(\w\w\w\w\w\))", "rror 9", tail},
        // and what they say
        {R"((?i)\bsyntax error at or near\b|\berror in your sql syntax|\bincorrect syntax near\b|\bunclosed quotation mark\b|\bsql logic error\b|\bsqlite error\b)",
         "syntax error at or near|error in your sql syntax|incorrect syntax near|unclosed quotation mark|sql logic "
         "error|sqlite error",
         tail},
        {R"((?i)\bnear "[^"\n]+": syntax error|\[microsoft\]\[|\bodbc (?:sql|driver)|\[unixodbc\])",
         "\": syntax|[microsoft]|odbc", tail},
        {R"((?i)\bduplicate key value violates\b|\bviolates (?:foreign key|not-null|check|unique|exclusion) constraint|\bduplicate entry '|\bviolation of (?:primary|unique) key\b|\bcannot insert (?:duplicate key|the value null)\b)",
         "duplicate key value violates|violates foreign key|violates not-null|violates check con|violates unique "
         "con|violates exclusion|duplicate entry '|violation of primary key|violation of unique key|cannot insert "
         "duplicate key|ue null",
         tail},
        {R"((?i)\b(?:unique|foreign key|not null|check) constraint failed\b|\bstatement conflicted with the\b|\brelation "[^"\n]+" does not exist|\bno such (?:table|column): )",
         "unique constraint failed|foreign key constraint failed|not null constraint failed|check constraint "
         "failed|statement conflicted with the|\" does not exist|no such table: |no such column: ",
         tail},
        {R"((?i)\bunknown column '[^'\n]+' in '|\bcolumn '[^'\n]+' cannot be null|\btable '[^'\n]+\.[^'\n]+' doesn't exist|\binvalid object name '|\bdata too long for column\b|\bcolumn "[^"\n]+" of relation )",
         "unknown column '|' cannot be null|' doesn't exist|invalid object name '|data too long for column|\" of "
         "relation ",
         tail},
        {R"((?i)\bdeadlock (?:detected|found when)|\block wait timeout exceeded|\bdatabase is locked\b|\bcanceling statement due to\b|\bcurrent transaction is aborted\b|\bremaining connection slots\b|\bsorry, too many clients)",
         "deadlock detected|deadlock found when|k wait|database is locked|canceling statement due to|n is "
         "abort|connection "
         "slots|many clients",
         tail},
        {R"((?i)\bpassword authentication failed for user\b|\blogin failed for user ['"]|\baccess denied for user '|\bcould not (?:connect to (?:server|host)|translate host name)\b|\bserver closed the connection unexpectedly|\bconnection to server (?:at|on) |\bcan(?:not|'t) (?:connect to|reach) (?:local |the )?(?:mysql|mariadb|postgres\w*|database|mongo\w*|redis|sql)\b|\bcould not execute statement|\bldaperr: dsid|\bdatabase "[^"\n]+" does not exist)",
         "password authentication failed for user|login failed for user '|login failed for user \"|access denied for "
         "user '|translate host|r "
         "closed|connection to s|not connect to |n't connect to |not reach |n't reach |execute statement|ldaperr: "
         "dsid|\" "
         "does not exist",
         tail},
        {R"([\[(]SQL: |\bSELECT\b[^\n]*\sFROM\s+\S|\bINSERT INTO\s+\S+\s*[(SV]|\bUPDATE\s+\S+\s+SET\s+\S|\bDELETE FROM\s+\S|\b(?:CREATE|ALTER|DROP) TABLE\s)",
         "sql: |select|insert into|update|delete from|create table|alter table|drop table", tail},
        {R"(\bselect\s+\*\s+from\s|\bselect\s[^\n]*\sfrom\s[^\n]*\s(?:where\s[^\n]*[=<>]|order by\s|limit \d)|\binsert into\s+\S+\s*\(|\bupdate\s+\S+\s+set\s+\S+\s*=|\bdelete from\s+\S+\s+where\s+\S+\s*[=<>])",
         "select|insert into|update|delete from", tail},

        // Files
        {R"(\bE(?:NOENT|ACCES|ISDIR|NOTDIR|PERM|MFILE|NFILE|NOSPC|ROFS)\b|\bfailed to open stream\b)",
         "enoent|eacc|eisdir|enotdir|eperm|emfile|enfile|enospc|erofs|open stream", tail},
        {R"((?:/[\w.@+~$-]+)+/[\w.@+~$-]+)", "/?", token, false, refine_unix_path},
        {R"(\b[A-Za-z]:\\[\w.~$-]+|\b[A-Z]:/(?:Users|Program|Windows|inetpub|xampp|wamp|www|src|dev)\S*|\\\\[\w-][\w-][\w-]+\\[\w$.-]+)",
         ":\\|:/users|:/program|:/windows|:/inetpub|:/xampp|:/wamp|:/www|:/src|:/dev|\\\\", token, false,
         refine_source_location},
        {R"([\w./\\-]*\w\.(?:py|rb|php|phtml|java|kt|scala|groovy|clj|go|rs|jsx?|tsx?|cjs|mjs|cs|vb|cpp|cc|cxx|hpp|c|h|pl|pm|exs?|erl|lua|swift|jsp|aspx|cshtml)(?::\d+|\(\d+|:line \d+|,? (?:on |at )?line \d+))",
         ":9|(9|line 9", location, true, refine_source_location},
        {R"(\s*\(through reference chain: [^\n]*\)|\s+at \[Source: [^\n]*\])",
         "(through reference chain: |at [source: ", location},
        {R"(\bServer at \S+ Port \d+)", "port 9", location},

        // Classes, with the package they live in
        {R"((?:<class ')?\b(?:(?:[a-z_$][\w$]*\.)+(?:[A-Z]\w*\.)*|(?:System|Microsoft)\.(?:\w+\.)*|[A-Z]\w*\.(?:\w+\.)+)[A-Z][\w$]*(?:Exception|Error|Throwable)\b(?:'>)?)",
         ".A", prefix, false, refine_qualified_class},
        {R"(\b[A-Z]\w*(?:\\[A-Z]\w*)+(?:Exception|Error)\b|(?:#<)?\b[A-Z]\w*(?:::[A-Z]\w*)*::\w*(?:Error|Exception)\b|\b(?:ActiveRecord|ActionController|ActionView|ActionDispatch|ActiveModel)::\w+|\b[A-Z][A-Za-z0-9]*(?:_[A-Z]\w*)*_Exception\b)",
         "\\A|::|_exception", prefix, false, refine_qualified_class},
        {R"(\b(?:[a-z_$][\w$]*\.)+[a-z_$][\w$]*\.[A-Z][\w$]+|\b[A-Z]\w*(?:\\[A-Z]\w*)+|\bstd::\w+)", ".A|\\A|::", token,
         true, refine_any_class},

        // Secrets
        {R"(-----BEGIN [A-Z ]*PRIVATE KEY)", "-----begin ", tail},
        {R"(\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]*)", ".eyj", token},
        {R"(\b(?:AKIA|ASIA)[0-9A-Z]+|\bsk[-_][\w-]+|\brk_live_\w+|\bgh[pousr]_\w+|\bgithub_pat_\w+|\bglpat-[\w-]+|\bAIza[\w-]+|\bxox[abeoprs]-[\w-]+|\bSG\.[\w-]+\.[\w-]+|\bya29\.[\w-]+|\bhf_\w+|\bnpm_\w+|\bdop_v1_\w+|\bshp(?:at|ss|ca|pa)_\w+|\bwhsec_\w+)",
         "akia|asia|sk-|sk_|rk_live_|ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|aiza|xox|G.|ya29.|hf_|npm_|dop_v1_|"
         "shpat_|"
         "shpss_|shpca_|shppa_|whsec_",
         token, false, refine_secret},
        {R"((?i)\bbearer\s+[\w.~+/=-]+|\bbasic\s+[\w+/=]+)", "bearer|basic", token, false, refine_secret},
        {R"((?i)\b[\w-]*(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|access[_-]?token|auth[_-]?token|refresh[_-]?token|client[_-]?secret)["']?\s*[=:]\s*["']?[^\s"',;&]+)",
         "password|passwd|pwd|secret|apikey|api_key|api-key|accesskey|access_key|access-key|privatekey|private_key|"
         "private-"
         "key|accesstoken|access_token|access-token|authtoken|auth_token|auth-token|refreshtoken|refresh_token|refresh-"
         "token",
         token, false, refine_assignment},
        // Where things are
        {R"((?i)\b(?:postgres(?:ql)?|mysql2?|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|sqlserver|mssql|oracle|cassandra|clickhouse|memcached)://\w[^\s"']*|\b[a-z][a-z0-9+.-]*://[^\s/@"':]+:[^\s/@"']+@[^\s"']+)",
         "://", token},
        {R"((?i)\b(?:kafka|ldaps?|smtps?|s?ftp|ssh|nats|zookeeper|tcp|udp|unix|file|grpc)://[^\s"']+)", "://", token,
         true},
        {R"((?i)\b(?:server|data source|host)=[^;\s]+[; ]\s*(?:port|database|dbname|initial catalog|user id|uid|user|password|pwd)=[^\n]*|\btcp\([^)\s]+\)/?\w*)",
         "server=|data source=|host=|tcp(", token},
        {R"(\b\d+\.\d+\.\d+\.\d+(?::\d+)?)", ".9", token, true, refine_ipv4},
        {R"((?i)\b(?:f[cd][0-9a-f][0-9a-f]|fe80):[0-9a-f:]*[0-9a-f]|\[[0-9a-f:]*:[0-9a-f:]*\](?::\d+)?|(?:^|[\s\[(])::1\b)",
         ":X|:]|::", token, true},
        {R"((?i)\b(?:[a-z0-9_-]+\.)+(?:internal|local|localdomain|lan|corp|intra|intranet|svc|consul|private|home\.arpa)\b(?::\d+)?|\blocalhost:\d+|\bip-\d+-\d+-\d+-\d+\b[\w.-]*)",
         ".internal|.local|.lan|.corp|.intra|.svc|.consul|.private|home.arpa|localhost:9|ip-9", token, true,
         refine_internal_host},
        {R"(\b(?:[A-Za-z0-9_-]+\.)*[A-Za-z][A-Za-z0-9_-]*:\d\d\d?\d?\d?\b)", ":9", token, true, refine_host_and_port},
        {R"((?i)\bhttps?://[a-z0-9_-]+(?::\d+)?(?:[/\s"'),]|$))", "://", token, true, refine_single_label_url},
        {R"((?i)\bhost(?:name)?:? ["'`]?[a-z][a-z_-]*\d[\w-]*["'`]?)", "host |host:|hostname", location, true},
        // What programs say about themselves: mistakes in them, and connections that they make
        {R"(\bException in thread "[^"\n]*")", "n thread \"", location},
        {R"(\bat node:[\w/:.]+)", "at node:", location},
        {R"(\b(?:Type|Value|Key|Index|Runtime|Attribute|Reference|Syntax|Range|Standard|Argument|NoMethod|Name|ZeroDivision|Assertion|Import|ModuleNotFound|UnboundLocal|Recursion|NotImplemented|Unicode\w+|Operational|Programming|Integrity|OS|IO)Error\b|\b(?:Runtime|NullPointer|NullReference|IllegalState|IllegalArgument|ClassCast|\w*IndexOutOfBounds|NumberFormat|ConcurrentModification|UnsupportedOperation|InvalidOperation|ArgumentNull|ArgumentOutOfRange|KeyNotFound|IO|Socket)Exception\b)",
         "eerror|yerror|xerror|derror|terror|nerror|lerror|gerror|serror|oerror|unicode|eexception|rexception|"
         "texception|sexception|nexception|lexception|dexception|oexception",
         prefix, true, refine_qualified_class},
        {R"(\bundefined (?:local variable or )?method [`'"]|'NoneType' object|\bCannot read propert(?:y|ies) |\bis not a function\b|\bCannot invoke "|\bObject reference not set\b|\bCan't (?:locate object|call) method |\bUndefined subroutine |\bCall to (?:undefined|a member) |\bUndefined (?:index|offset|array key|variable|property)\b|\bnil pointer |\binvalid memory address|\bindex out of range\b|\bcolumn "[^"\n]+" does not exist)",
         "undefined |'t locate|'t call|'nonetype' object|cannot read propert|is not a function|cannot invoke \"|object "
         "reference not set|call to a member |nil pointer |invalid memory address|index out of range|\" does not exist",
         tail, true},
        {R"(\bCannot destructure property |\bUnexpectedly found nil\b|\battempt to (?:index|call|compare|concatenate) |\bcannot import name )",
         "destructure|found nil|attempt to |cannot import name", tail, true},
        {R"((?i)\bstack level too deep|\bmaximum call stack size|\ballowed memory size of \d|\bmaximum execution time of \d|\bjava heap space)",
         "stack level too|call stack size|allowed memory|execution time of|java heap", tail, true},
        {R"((?i)\bmysql server has gone away|\blost connection to mysql|\bconnectionstring property\b)",
         "mysql server has gone|lost connection to mysql|connectionstring", tail, true},
        {R"(\bdial (?:tcp|udp|unix)\b|\bgetaddrinfo\b|\bE(?:CONNREFUSED|CONNRESET|NOTFOUND|HOSTUNREACH|AI_AGAIN|NETUNREACH)\b|\[Errno -?\d+\]|\bHTTPS?ConnectionPool\(|\bMax retries exceeded with url|\bcURL error \d+|\blookup \S+(?: on \S+)?: |\bno such host\b|\bName or service not known|\bx509: |\btls: [a-z])",
         "dial tcp|dial udp|dial "
         "unix|getaddrinfo|econnrefused|econnreset|enotfound|ehostunreach|eai_again|enetunreach|[errno "
         "|connectionpool(|max retries exceeded with url|curl error 9|lookup |no such host|name or service not "
         "known|x509: "
         "|tls: ",
         tail, true},
    };
} // namespace

std::span<leak_pattern const> leak_patterns() noexcept
{
    return patterns;
}

} // namespace errata
