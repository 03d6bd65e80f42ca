package io.fettle.library;

import io.fettle.kernel.Problem;
import io.fettle.web.HealthPart;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Whether the library is there, with all that was ever merged. */
@Component
class LibraryHealth implements HealthPart {
  private final RefDesk refs;
  private final Library library;

  LibraryHealth(RefDesk refs, Library library) {
    this.refs = refs;
    this.library = library;
  }

  @Override
  public String name() {
    return "library";
  }

  @Override
  public State check() {
    try {
      Optional<String> lost = refs.lost();
      if (lost.isPresent()) {
        String commit = lost.get().substring(0, 10);
        return State.bad(
            "仓库丢失了曾经合并的提交 " + commit + "：请用镜像恢复 FETTLE_HOME/library/scripts.git，在此之前不更新镜像",
            "The repository has lost commit "
                + commit
                + ", which was on main: put FETTLE_HOME/library/scripts.git back from a mirror;"
                + " mirrors are left alone until then");
      }
      String head = library.head().substring(0, 10);
      return State.fine("main 位于 " + head, "main stands at " + head);
    } catch (DataAccessException e) {
      return State.bad("等待数据库", "waits for the database");
    } catch (UncheckedIOException e) {
      return State.bad("脚本库无法读取：" + e.getMessage(), "cannot be read: " + e.getMessage());
    } catch (Problem e) {
      return State.bad("脚本库没有 main 分支", "there is no branch main");
    }
  }
}
