#include "admin/file_watch.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>
#include <sys/inotify.h>

namespace errata
{
namespace
{
namespace fs = std::filesystem;

constexpr std::uint32_t wanted =
    IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB;

/// Adds the directory and name of a path, and of each link that it goes through.
void add_places(fs::path path, std::set<std::pair<std::string, std::string>>& places)
{
    std::error_code ec;
    for(int depth = 0; depth < 16; ++depth)
    {
        path = fs::absolute(path, ec).lexically_normal();
        // Every link on the way may be swapped: its directory is watched for its name.
        fs::path walked;
        fs::path next;
        for(auto part = path.begin(); part != path.end(); ++part)
        {
            auto const parent = walked;
            walked /= *part;
            bool const last = std::next(part) == path.end();
            bool const link = fs::is_symlink(walked, ec);
            if((last || link) && !parent.empty())
                places.emplace(parent.string(), part->string());
            if(!link)
                continue;
            next = fs::read_symlink(walked, ec);
            if(next.is_relative())
                next = parent / next;
            for(auto rest = std::next(part); rest != path.end(); ++rest)
                next /= *rest;
            break;
        }
        if(next.empty())
            return;
        path = next;
    }
}
} // namespace

file_watch::file_watch(net::io_context& control, std::function<void()> changed)
    : changed_(std::move(changed)), events_(control.get_executor()), settling_(control.get_executor())
{
    error_code ignored;
    if(auto const fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC); fd >= 0)
        events_.assign(fd, ignored);
    if(events_.is_open())
        read();
}

file_watch::~file_watch() = default;

bool file_watch::watch(std::vector<std::string> const& files)
{
    if(!events_.is_open())
        return false;
    auto old = std::exchange(names_, {});
    std::set<std::pair<std::string, std::string>> places;
    bool all = true;
    for(auto const& file : files)
    {
        std::error_code ec;
        if(fs::is_directory(file, ec)) // a directory of routing files: whatever comes into it
            places.emplace(file, std::string{});
        add_places(file, places);
    }
    for(auto const& [directory, name] : places)
    {
        auto const id = ::inotify_add_watch(events_.native_handle(), directory.c_str(), wanted);
        if(id < 0)
            all = false;
        else
            names_[id].push_back(name);
    }
    for(auto const& [id, names] : old)
        if(!names_.contains(id))
            ::inotify_rm_watch(events_.native_handle(), id);
    return all;
}

bool file_watch::concerns(std::size_t bytes) const
{
    for(std::size_t at = 0; at + sizeof(inotify_event) <= bytes;)
    {
        inotify_event event;
        std::memcpy(&event, buffer_.data() + at, sizeof event);
        std::string_view const name = event.len ? std::string_view(buffer_.data() + at + sizeof event) : "";
        at += sizeof event + event.len;
        if(event.mask & IN_Q_OVERFLOW)
            return true;
        auto const known = names_.find(event.wd);
        if(known != names_.end() && std::any_of(known->second.begin(), known->second.end(),
                                                [&](auto const& n) { return n.empty() || n == name; }))
            return true;
    }
    return false;
}

void file_watch::read()
{
    events_.async_read_some(net::buffer(buffer_),
                            [this](error_code ec, std::size_t n)
                            {
                                if(ec)
                                    return;
                                if(concerns(n))
                                {
                                    settling_.expires_after(calm);
                                    settling_.async_wait(
                                        [this](error_code moved_on)
                                        {
                                            if(!moved_on)
                                                changed_();
                                        });
                                }
                                read();
                            });
}

} // namespace errata
