#include "problem/leak_guard.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace errata;

namespace
{
std::string guarded(std::string_view text, bool server_error = true)
{
    arena memory;
    auto const g = guard(text, server_error, memory);
    EXPECT_EQ(g.removed > 0, leaks(text, server_error)) << text;
    EXPECT_FALSE(leaks(g.text, server_error)) << text;
    return std::string{g.text};
}
} // namespace

TEST(leak_guard, keeps_the_clean_part_of_a_sentence)
{
    struct
    {
        std::string_view text, expected;
    } const rows[]{
        {"Could not load user: connect ECONNREFUSED 10.0.0.5:5432", "Could not load user"},
        {"Payment failed - dial tcp 10.1.2.3:9004: connect: connection refused", "Payment failed"},
        {"Resource 'robots.txt' not found in /library/Zend/Acl.php:365", "Resource 'robots.txt' not found"},
        {"Division by zero in /srv/app/math.php on line 3", "Division by zero"},
        {"No template \"a\" (/srv/app/views/a.html). Please contact support.",
         "No template \"a\". Please contact support."},
        {"The export failed at C:\\inetpub\\jobs\\Export.cs:line 42, sorry", "The export failed, sorry"},
        {"com.acme.billing.PaymentException: Card was declined", "Card was declined"},
        {"<class 'xml.parsers.expat.ExpatError'>:unclosed token: line 1, column 0", "unclosed token: line 1, column 0"},
        {"#<ActionController::RoutingError: No route matches [GET] \"/nope\">", "No route matches [GET] \"/nope\""},
        {"Error in /srv/app/x.py. Please try again later.", "Please try again later."},
        {"Cannot read the file\nTraceback (most recent call last):\n  File \"/a/b.py\", line 3, in f\n    boom()",
         "Cannot read the file"},
        {"Order was cancelled\n    at Order.cancel (/srv/app/order.js:12:5)\n    at main (/srv/app/a.js:1:1)",
         "Order was cancelled"},
        {"Could not save the order (SQL: insert into orders (id) values (1))", "Could not save the order"},
        {"Failed to deserialize content: '\"' expected, at character offset 8 at /usr/share/perl5/Dancer2/JSON.pm line "
         "47.",
         "Failed to deserialize content"},
        {"JSON parse error: Unexpected character; nested exception is com.fasterxml.jackson.core.JsonParseException: "
         "x\n at [Source: y; line: 1]",
         "JSON parse error: Unexpected character"},
        {"JSON parse error: Unexpected end-of-input at [Source: (PushbackInputStream); line: 1, column: 20]",
         "JSON parse error: Unexpected end-of-input"},
        {"The service is unavailable. Host db-3.internal is down.", "The service is unavailable."},
        {"pool exhausted at host db7 at /srv/app/pl/dancer.pl line 2.\n", "pool exhausted"},
        {"The payment service did not answer at 10.1.2.3:8080. Try again.",
         "The payment service did not answer. Try again."},
        {"Exception in thread \"main\" java.lang.IllegalStateException: The pool is exhausted",
         "The pool is exhausted"},
        {"RuntimeError: the ledger is closed", "the ledger is closed"},
        {"Unexpected error. Trace: at com.acme.Foo.bar(Foo.java:12)", "Unexpected error."},
        {"Could not send the mail: smtp://mail.example.com:25 refused", "Could not send the mail"},
    };
    for(auto const& row : rows)
        EXPECT_EQ(guarded(row.text), row.expected);
}

TEST(leak_guard, withholds_what_cannot_be_cleaned)
{
    for(auto const text : {
            "Error: connect ECONNREFUSED 10.0.12.8:6379",
            "getaddrinfo ENOTFOUND billing.internal",
            "mailer smtp://10.0.0.9 is down",
            "pq: relation \"users\" does not exist",
            "Fatal error: Uncaught TypeError: md5(): Argument #1 must be of type string in "
            "/app/dashboard.php:68\nStack trace:\n#0 {main}",
            "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp "
            "143.244.220.150:9004: i/o timeout\"",
            "undefined method `name' for nil:NilClass",
            "RuntimeException",
            "NullPointerException: Cannot invoke \"String.length()\"",
            "Cannot connect to MySQL server on 'db-primary' (110)",
            "connection to server at \"10.2.3.4\", port 5432 failed: Connection refused\nIs the server running on that "
            "host?",
            "could not execute statement; SQL [n/a]; constraint [users_email_key]",
            "Error: ENOENT: no such file or directory, stat '/nonexistent/a.txt'",
            "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.users' doesn't exist (SQL: select * from "
            "users)",
            "java.lang.NullPointerException: Cannot invoke \"String.length()\" because \"<local1>\" is null",
            "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 7 [running]:",
            "thread 'main' panicked at src/main.rs:4:5",
            "terminate called after throwing an instance of 'std::out_of_range'",
        })
        EXPECT_EQ(guarded(text), "") << text;
}

TEST(leak_guard, finds_internals_at_any_status)
{
    for(auto const text : {
            // stack traces
            "x\n   at Acme.Orders.Get(Int32 id) in C:\\src\\Orders.cs:line 14",
            "\tat com.acme.Main.main(Main.java:5)",
            "app/models/user.rb:12:in `find'",
            "Caused by: java.io.IOException: closed",
            "   0: std::panicking::begin_panic\n stack backtrace:",
            "main.go:45 +0x1d",
            "** (RuntimeError) oops",
            // files
            "see /var/log/app/error.log",
            "/home/deploy/app/releases/current",
            "open /etc/ssl/private.key",
            "in /app/node_modules/express/lib/router.js",
            "cannot load /usr/lib/libfoo.so.1",
            "\\\\fileserver\\share\\x.txt",
            // databases
            "ORA-00942: table or view does not exist",
            "You have an error in your SQL syntax; check the manual",
            "duplicate key value violates unique constraint \"users_email_key\"",
            "UNIQUE constraint failed: users.email",
            "E11000 duplicate key error collection: shop.users",
            "Error 1045 (28000): Access denied for user 'root'@'localhost'",
            "Login failed for user 'sa'. Reason: Password did not match",
            "PG::UniqueViolation: ERROR",
            "SELECT id FROM users WHERE email = 'x'",
            "System.Data.SqlClient.SqlException (0x80131904): Timeout",
            "MongoServerError: bad auth",
            "(psycopg2.errors.UndefinedTable) x",
            // where and who
            "postgres://app:hunter2@db.example.com/shop",
            "Server=db;Database=shop;User Id=sa;Password=x",
            "jdbc:mysql://db/shop",
            "https://user:pw@example.com/",
            "password=hunter2",
            "api_key: 9f86d081884c7d659a2f",
            "Authorization: Bearer abcdef0123456789abcdef",
            "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_123",
            "AKIAIOSFODNN7EXAMPLE is not allowed",
            "bad key sk-proj-abcdEFGH1234567890",
            "ghp_0123456789abcdefghijABCDEFGHIJ",
            "-----BEGIN RSA PRIVATE KEY-----",
            // classes
            "Illuminate\\Database\\Eloquent\\ModelNotFoundException",
            "org.springframework.web.bind.MethodArgumentNotValidException: x",
            "django.db.utils.IntegrityError: y",
            "ActiveRecord::RecordNotFound",
            "System.NullReferenceException",
        })
        EXPECT_TRUE(leaks(text, false)) << text;
}

TEST(leak_guard, finds_mistakes_of_programs_on_server_errors)
{
    arena memory;
    for(std::string_view const text :
        {"Cannot destructure property 'id' of 'undefined' as it is undefined.", "ReferenceError: foo is not defined",
         "NameError: name 'x' is not defined", "stack level too deep", "RangeError: Maximum call stack size exceeded",
         "Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)",
         "The ConnectionString property has not been initialized.", "MySQL server has gone away",
         "[Microsoft][ODBC SQL Server Driver]Login timeout expired", "near \"FROM\": syntax error",
         "Can't locate object method \"total\" via package \"Order\"", "cannot import name 'x' from 'y'"})
        EXPECT_EQ(guard(text, true, memory).text, "") << text;
}

TEST(leak_guard, finds_hosts_and_addresses_on_server_errors_only)
{
    for(auto const text : {
            "no answer from 10.0.0.5",
            "no answer from 192.168.1.7:80",
            "no answer from 143.244.220.150:9004",
            "peer [fd00::12]:443 is gone",
            "peer fe80::1 is gone",
            "users.prod.svc.cluster.local is down",
            "ip-10-0-0-1.ec2.internal is down",
            "could not reach redis-master:6379",
            "could not reach db:5432",
            "column \"usr\" does not exist",
            "handler.go:45: bad state",
            "no connection to redis:6379: Connection refused",
            "x509: certificate signed by unknown authority",
            "TypeError: x is not a function",
            "cannot connect to broker.example.com:9092",
            "http://users-svc:8080/internal failed",
            "GET http://billing/charge failed",
            "localhost:3000 refused",
            "dial tcp: lookup users on 10.96.0.10:53: no such host",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
            "No query results for model [App\\Models\\User] 2",
        })
    {
        EXPECT_TRUE(leaks(text, true)) << text;
        EXPECT_FALSE(leaks(text, false)) << text;
    }
}

TEST(leak_guard, leaves_clean_sentences_alone)
{
    for(auto const text : {
            "Login failed for user ann",
            "",
            "Not Found",
            "Internal Server Error",
            "You have exceeded your allowed request rate. Please try again later.",
            "Cannot GET /v1/users/42",
            "Cannot GET /usr/profile",
            "Route GET:/var/x not found",
            "Could not route to /zones/1234/dns_records/invalid, perhaps your object identifier is invalid?",
            "The requested URL /app/users/7 was not found on this server.",
            "path /api/v2/nope was not found",
            "See https://docs.example.com/etc/errors/usr/share#50014 for details",
            "See: https://docspring.com/docs/api/authentication.html",
            "You can avoid this by using Stripe.js, the Stripe mobile bindings, or Stripe Checkout.",
            "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
            "Invalid input for field 'identity/methods': 'password' is not of type 'array'",
            "password: is required",
            "Password: must be at least 8 characters long",
            "The parameter password is missing",
            "Invalid API Key provided: sk_test_****1234",
            "Incorrect API key provided: sk-abcd****wxyz.",
            "HTTP Basic: Access denied.",
            "Basic authentication is required",
            "Bearer token is missing or invalid",
            "error parsing query: found SELEC, expected SELECT, DELETE, SHOW, CREATE, DROP, EXPLAIN, GRANT, REVOKE, "
            "ALTER, SET, KILL at line 1, char 1",
            "Please select a value from the list where possible",
            "Update your card, set a new expiry date",
            "Table 7 is not available at 19:30",
            "The JSON value could not be converted to System.Int32. Path: $.age | LineNumber: 0 | BytePositionInLine: "
            "10.",
            "Failed to convert value of type 'java.lang.String' to required type 'int'",
            "Expected double-quoted property name in JSON at position 8 (line 1 column 9)",
            "Expecting property name enclosed in double quotes: line 1 column 9 (char 8)",
            "string does not match regex \"^\\d{5}$\"",
            "unsupported media type text/xml, only application/json is allowed",
            "querystring/dry must be boolean",
            "There is no backup job running on client 3f/2a",
            "Version 10.2.0.4 of the API is no longer supported",
            "Resource AWS::EC2::Instance could not be created",
            "The stack could not be created",
            "This value should be one of: a/b/c, d/e/f",
            "An exception occurred while processing your request.",
            "Serverfehler: bitte sp\xC3\xA4ter noch einmal versuchen",
            "error code: 1015",
            "Client.ValidationError",
            "Sender.InvalidRequestError: the amount is missing",
            "Unable to delete from cart where quantity is zero",
            "Column \"amount\" does not exist in the uploaded CSV",
            "smtp://mail.example.com is not a valid webhook URL",
            "Build failed: src/App.tsx:12:5 - error TS2304",
            "Webhook URL must not point to localhost or 127.0.0.1",
            "ER_BAD_REQUEST",
            "Ratio must be 16:9000",
            "Meeting at 12:30 was cancelled",
        })
    {
        arena memory;
        auto const g = guard(text, false, memory);
        EXPECT_EQ(g.text, text);
        EXPECT_EQ(g.text.data(), std::string_view{text}.data()) << "no copy";
        EXPECT_EQ(g.removed, 0u) << text;
    }
}

TEST(leak_guard, leaves_clean_sentences_of_server_errors_alone)
{
    for(auto const text : {
            "Internal Server Error",
            "The server encountered an unexpected condition which prevented it from fulfilling the request.",
            "upstream connect error or disconnect/reset before headers. reset reason: overflow",
            "No server is available to handle this request.",
            "The payment provider did not answer in time, reference 2024-11-02T10:15:30Z",
            "error.internal",
            "Cannot retrieve the URL: http://localhost/",
            "Your address 203.0.113.9 has been blocked",
            "Element '{urn:soap}times': [facet 'minInclusive'] The value '0' is less than the minimum value allowed "
            "('1').",
            "Contact support@example.com or see https://status.example.com/incidents/5",
            "Error code: E1234:5678",
            "Error 1015: code:50014 status:5030",
        })
        EXPECT_FALSE(leaks(text, true)) << text;
}

/// Steps in proportion to the square of such a length would take longer than any test may.
TEST(leak_guard, is_linear_however_long_and_leaky_the_text_is)
{
    for(std::string_view const part : {"10.0.0.1 ", "/etc/x ", "in /etc/x.py:1 and ", "a: /srv/x (", "(\"(\"",
                                       "SELECT ", "/a/b/c", "com.acme.", "password=", "x.", "\\\\abc"})
    {
        std::string text = "Could not do it at 10.0.0.9 (\"(";
        while(text.size() < 1024 * 1024)
            text += part;
        arena memory;
        auto const g = guard(text, true, memory);
        EXPECT_GT(g.removed, 0u) << part;
        EXPECT_LE(g.text.size(), 4096u) << part;
    }
}

TEST(leak_guard, knows_members_that_say_where_in_a_program_it_was)
{
    struct row
    {
        char const *member, *text;
        bool place;
    };
    for(auto const& [member, text, place] :
        {row{"file", "/shop/src/Cms/UserRules.php", true}, row{"fileName", "src\\Orders\\Cart.cs", true},
         row{"file_path", "./lib/orders/cart.rb", true}, row{"file", "invoice.pdf", false},
         row{"file", "scans/invoice.pdf", false}, row{"file", "UserRules.php", false},
         row{"path", "/v1/index.php", false}, row{"filed", "/shop/src/Rules.php", false}})
        EXPECT_EQ(is_place_in_program(member, text), place) << member << ": " << text;
}

TEST(leak_guard, knows_members_that_hold_internals_by_name)
{
    for(auto const name : {"stack", "stackTrace", "stack_trace", "trace", "traces", "exception", "ExceptionMessage",
                           "backtrace", "debug", "_debug", "sqlMessage", "StackTraceString"})
        EXPECT_TRUE(is_internal_name(name)) << name;
    for(auto const name : {"", "message", "trace_id", "traceId", "code", "debug_url", "stacks", "exceptional",
                           "a_very_long_member_name_that_is_none_of_ours_at_all"})
        EXPECT_FALSE(is_internal_name(name)) << name;
}
